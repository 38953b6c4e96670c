/** One file through its map into the platform. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { mapFile, type MapDefinition, type Table } from '@throughline/mapping';
import type { Client } from '../api/client.ts';
import { progress } from '../terminal/progress.ts';
import { Feed } from './feed.ts';
import { openFile } from './open-map.ts';
import { Reasons, type Reason } from './reasons.ts';

/** What became of a file. */
export interface FileReport {
  readonly file: string;
  readonly rows: number;
  /** Rows that the map's conditions left out. */
  readonly leftOut: number;
  /** Rows that could not be mapped; they are among the quarantined. */
  readonly unfit: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly reasons: readonly Reason[];
  readonly seconds: number;
  /** Of the last touchpoint accepted. */
  readonly position: string | undefined;
}

interface Sent {
  readonly line: number;
  /** Why the row could not be mapped, where the row itself was sent. */
  readonly unfit?: string;
}

export async function importFile(
  client: Client,
  map: MapDefinition,
  tables: ReadonlyMap<string, Table>,
  path: string,
  isQuiet: boolean,
): Promise<FileReport> {
  const file = basename(path);
  const start = performance.now();
  const reasons = new Reasons();
  const feed = new Feed<Sent>(client, ({ tag, code, message }) =>
    reasons.add(tag.unfit ?? `${code}: ${message}`, tag.line),
  );
  const counts = { rows: 0, leftOut: 0, unfit: 0 };
  let bytes = 0;
  const bar = progress(file, statSync(path).size, 'rows', isQuiet);
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of openFile(path)) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  try {
    for await (const batch of mapFile(map, tables, counted(), file)) {
      for (const row of batch) {
        counts.rows += 1;
        if (row.kind === 'left-out') counts.leftOut += 1;
        else if (row.kind === 'mapped')
          for (const touchpoint of row.touchpoints) await feed.put(JSON.stringify(touchpoint), { line: row.line });
        else {
          counts.unfit += 1;
          const unfit = row.problems
            .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
            .join('; ');
          await feed.put(JSON.stringify(row.item), { line: row.line, unfit });
        }
      }
      bar.update(bytes, counts.rows);
    }
    const { position, ...totals } = await feed.end();
    return {
      file,
      ...counts,
      ...totals,
      reasons: reasons.list(),
      seconds: (performance.now() - start) / 1000,
      position,
    };
  } finally {
    bar.stop();
  }
}
