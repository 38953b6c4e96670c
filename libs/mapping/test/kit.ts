/** What the tests of mapping share: a map and its files as text in, rows out. */
import type { TouchpointInput } from '@throughline/contracts';
import { loadJoins, mapFile, readMap, type MappedRow } from '../src/index.ts';

export async function* bytes(content: string | Buffer, chunk = Infinity): AsyncGenerator<Buffer> {
  const all = Buffer.from(content as string);
  for (let at = 0; at < all.length; at += chunk) yield all.subarray(at, Math.min(all.length, at + chunk));
}

export async function mapped(
  yaml: string,
  content: string | Buffer,
  joined: Readonly<Record<string, string>> = {},
  chunk = Infinity,
): Promise<MappedRow[]> {
  const map = readMap(yaml, 'test.map.yaml');
  const tables = await loadJoins(map, ({ file }) => bytes(joined[file] ?? ''));
  const rows: MappedRow[] = [];
  for await (const batch of mapFile(map, tables, bytes(content, chunk), 'test.csv')) rows.push(...batch);
  return rows;
}

/** The touchpoints of rows that must all fit. */
export async function touchpoints(...args: Parameters<typeof mapped>): Promise<TouchpointInput[]> {
  return (await mapped(...args)).flatMap((row) => {
    if (row.kind === 'unfit') throw new Error(`line ${row.line}: ${JSON.stringify(row.problems)}`);
    return row.kind === 'mapped' ? row.touchpoints : [];
  });
}

/** A map with one touchpoint whose one fact is `value`. */
export const factMap = (value: string, head = ''): string => `
source: test
zone: UTC
${head}
touchpoints:
  - type: thing.done
    time: '2026-01-01'
    facts:
      it: ${value}
`;

/** That fact, for each row; undefined where it is blank, its problem's message where it does not fit. */
export async function facts(
  value: string,
  content: string,
  head = '',
  joined: Readonly<Record<string, string>> = {},
): Promise<unknown[]> {
  return (await mapped(factMap(value, head), content, joined)).map((row) => {
    if (row.kind === 'unfit') return row.problems.map((problem) => problem.message).join('; ');
    return row.kind === 'mapped' ? row.touchpoints[0]!.data.facts?.['it'] : row.kind;
  });
}
