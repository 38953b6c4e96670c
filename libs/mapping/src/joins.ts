/** Joined files, held in memory by their key: of each row only the columns that the map names. */
import type { JoinDefinition } from './definition.ts';
import { FileProblem, openRows } from './rows.ts';

/** Text of one joined row's kept columns, in the order of `Table.columns`; undefined where blank. */
export type JoinedRow = readonly (string | undefined)[];

export interface Table {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, readonly JoinedRow[]>;
}

export const NOTHING: readonly JoinedRow[] = [];

/** @throws FileProblem when a column is missing, a row cannot be read, or a key that must be unique is not. */
export async function loadTable(
  join: JoinDefinition,
  source: AsyncIterable<Buffer>,
  columns: readonly string[],
): Promise<Table> {
  const file = await openRows(source, join.dialect);
  const getters = columns.map((column) => file.getter(column) ?? missing(column, file.names));
  const keyOf = file.getter(join.key) ?? missing(join.key, file.names);
  const rows = new Map<string, JoinedRow[]>();
  for await (const batch of file.batches) {
    for (const { line, cells, problem } of batch) {
      if (!cells) throw new FileProblem(`line ${line}: ${problem}`);
      const key = clean(keyOf(cells), join);
      if (key === undefined) continue;
      const row = getters.map((get) => kept(clean(get(cells), join)));
      const found = rows.get(key);
      if (!found) rows.set(kept(key)!, [row]);
      else if (join.many) found.push(row);
      else
        throw new FileProblem(
          `line ${line}: its \`${join.key}\` occurred before; where a key may occur in several rows, say \`many: true\``,
        );
    }
  }
  return { columns, rows };
}

function missing(column: string, names: readonly string[] | undefined): never {
  throw new FileProblem(`has no column \`${column}\`; it has ${names?.join(', ')}`);
}

function clean(text: string | undefined, join: JoinDefinition): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' || join.dialect.blank.has(trimmed) ? undefined : trimmed;
}

/** A copy of its own: a slice would keep the whole block of the file in memory. */
function kept(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'utf16le').toString('utf16le');
}
