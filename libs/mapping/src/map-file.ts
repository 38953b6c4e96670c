/** A map, put to work on a file. */
import type { Binding } from './compile.ts';
import type { JoinDefinition, MapDefinition, Use } from './definition.ts';
import { loadTable, type Table } from './joins.ts';
import { mapper, type MappedRow } from './mapper.ts';
import { nearest } from './nearest.ts';
import { MapError, type MapProblem } from './problem.ts';
import { FileProblem, openRows, type Getter, type Rows } from './rows.ts';

/**
 * Loads the files a map joins. They stay in memory, so that they should be the small ones: of each row, the columns that the map names.
 *
 * @param open the bytes of the file that a join names.
 * @throws MapError when a joined file does not fit its join.
 */
export async function loadJoins(
  map: MapDefinition,
  open: (join: JoinDefinition) => AsyncIterable<Buffer>,
): Promise<ReadonlyMap<string, Table>> {
  const tables = new Map<string, Table>();
  for (const join of map.joins) {
    const columns = [...new Set(map.uses.filter((use) => use.join === join.name).map((use) => use.column))];
    try {
      tables.set(join.name, await loadTable(join, open(join), columns));
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      throw new MapError(map.file, [
        { line: join.line, field: `joins.${join.name}`, message: `${join.file}: ${error.message}` },
      ]);
    }
  }
  return tables;
}

/**
 * Maps a file, row by row, in batches in the order of the file. Memory is bounded whatever its size: see `MAX_RECORD_BYTES` for a row,
 * `RowIds` for sources without ids, `loadJoins` for joined files.
 *
 * @param source the file's bytes; they are asked for only as fast as batches are taken.
 * @param file its name, as `origin` is to tell it.
 * @throws MapError before the first batch when the map names a column that the file does not have.
 */
export async function* mapFile(
  map: MapDefinition,
  tables: ReadonlyMap<string, Table>,
  source: AsyncIterable<Buffer>,
  file: string,
): AsyncGenerator<readonly MappedRow[]> {
  const rows = await open(map, source, file);
  const uses = map.uses.filter((use) => use.join === undefined);
  const getters = new Map<string, Getter>();
  const unknown: Use[] = [];
  for (const use of uses) {
    const getter = rows.getter(use.column);
    if (getter) getters.set(use.column, getter);
    else unknown.push(use);
  }
  if (unknown.length > 0) throw new MapError(map.file, unknownColumns(unknown, rows, file));
  const binding: Binding = {
    getter: (column) => getters.get(column)!,
    joins: map.joins,
    tables,
    blank: map.dialect.blank,
  };
  const mapRow = mapper(map, rows, binding, file);
  for await (const batch of rows.batches) yield batch.map(mapRow);
}

async function open(map: MapDefinition, source: AsyncIterable<Buffer>, file: string): Promise<Rows> {
  try {
    return await openRows(source, map.dialect);
  } catch (error) {
    if (error instanceof FileProblem)
      throw new MapError(map.file, [{ line: undefined, field: '', message: `${file}: ${error.message}` }]);
    throw error;
  }
}

function unknownColumns(uses: readonly Use[], { names = [] }: Rows, file: string): MapProblem[] {
  const problems = uses.map(({ line, field, column }) => {
    const meant = nearest(column, names);
    return {
      line,
      field,
      message: `${file} has no column \`${column}\`${meant ? `; did you mean \`${meant}\`?` : ''}`,
    };
  });
  const known = names.filter((name) => name !== '').join(', ');
  return [...problems, { line: undefined, field: '', message: `${file} has the columns ${known}` }];
}
