/** One row to the touchpoints it stands for. */
import {
  uuidv5,
  NAMESPACE,
  type Identifier,
  type JsonObject,
  type JsonValue,
  type TouchpointInput,
  type UnfitRow,
} from '@throughline/contracts';
import { Compiler, type Binding, type Read, type RowContext } from './compile.ts';
import type { MapDefinition, TouchpointDefinition } from './definition.ts';
import type { RowProblem } from './problem.ts';
import { RowIds } from './row-ids.ts';
import type { Row, Rows } from './rows.ts';

/** What became of a row. */
export type MappedRow =
  | { readonly kind: 'mapped'; readonly line: number; readonly touchpoints: readonly TouchpointInput[] }
  /** `where:` or every `when:` left it out. */
  | { readonly kind: 'left-out'; readonly line: number }
  | {
      readonly kind: 'unfit';
      readonly line: number;
      readonly problems: readonly RowProblem[];
      readonly item: UnfitRow;
    };

type TouchpointReader = (row: RowContext, line: number) => TouchpointInput | undefined;

/** Maps the rows of one file. @param file its name, as `origin` is to tell it. */
export function mapper(map: MapDefinition, rows: Rows, binding: Binding, file: string): (row: Row) => MappedRow {
  const compiler = new Compiler(binding);
  const wanted = compiler.conditions(map.where);
  const readers = map.touchpoints.map((definition) => touchpointReader(definition, compiler, file));
  const firstSource = map.touchpoints[0]!.source;
  const sourceName =
    firstSource.kind === 'typed' && firstSource.from.parts.length === 1 && typeof firstSource.from.parts[0] === 'string'
      ? firstSource.from.parts[0]
      : map.file;
  const ids = new RowIds(sourceName);
  const unfit = (row: Row, problems: readonly RowProblem[], id?: string): MappedRow => ({
    kind: 'unfit',
    line: row.line,
    problems,
    item: unfitRow(row, problems, id, sourceName, file, map.file),
  });

  return (row) => {
    const { line, cells } = row;
    if (!cells) return unfit(row, [{ field: '', message: row.problem! }]);
    let rowId: string | undefined;
    const context: RowContext = {
      cells,
      special: (name) =>
        name === '$row' ? (rowId ??= ids.next(rows.canonical(cells))) : name === '$file' ? file : String(line),
      joined: [],
      problems: [],
    };
    if (!wanted(context)) return { kind: 'left-out', line };
    const touchpoints: TouchpointInput[] = [];
    for (const read of readers) {
      const touchpoint = read(context, line);
      if (touchpoint) touchpoints.push(touchpoint);
    }
    if (context.problems.length > 0)
      return unfit(row, context.problems, readers.length === 1 ? touchpoints[0]?.id : undefined);
    return touchpoints.length > 0 ? { kind: 'mapped', line, touchpoints } : { kind: 'left-out', line };
  };
}

function touchpointReader(definition: TouchpointDefinition, compiler: Compiler, file: string): TouchpointReader {
  const applies = compiler.conditions(definition.when);
  const required = (name: 'type' | 'source' | 'id' | 'time'): ((row: RowContext) => string) => {
    const value = definition[name];
    const read = compiler.text(value);
    return (row) => {
      const before = row.problems.length;
      const text = read(row);
      if (text === undefined && row.problems.length === before)
        row.problems.push({ field: value.field, message: `the row has nothing for \`${name}\`` });
      return text ?? '';
    };
  };
  const [type, source, id, time] = [required('type'), required('source'), required('id'), required('time')];
  const sentAt = definition.sentAt && compiler.text(definition.sentAt);
  const text = definition.text && compiler.text(definition.text);
  const dimensions = definition.dimensions.map(([name, value]) => [name, compiler.text(value)] as const);
  const identifiers = definition.identifiers.map(([name, value]) => [name, compiler.text(value)] as const);
  const facts = compiler.object(definition.facts);
  const traits = compiler.object(definition.traits);

  return (row, line) => {
    if (!applies(row)) return undefined;
    const data: Record<string, JsonValue | readonly Identifier[]> = {};
    for (const [name, read] of dimensions) put(data, name, read(row));
    const known = identifiersOf(identifiers, row);
    if (known.length > 0) data['identifiers'] = known;
    put(data, 'facts', facts(row));
    put(data, 'traits', traits(row));
    put(data, 'text', text?.(row));
    data['origin'] = { file, line };
    const sent = sentAt?.(row);
    const head = { specversion: '1.0', id: id(row), source: source(row), type: type(row), time: time(row) } as const;
    return sent === undefined ? { ...head, data } : { ...head, sentat: sent, data };
  };
}

function identifiersOf(readers: readonly (readonly [string, Read<string>])[], row: RowContext): Identifier[] {
  const found: Identifier[] = [];
  for (const [type, read] of readers) {
    const value = read(row);
    if (value !== undefined && !found.some((one) => one.type === type && one.value === value))
      found.push({ type, value });
  }
  return found;
}

function put(data: Record<string, unknown>, name: string, value: JsonValue | JsonObject | undefined): void {
  if (value !== undefined) data[name] = value;
}

function unfitRow(
  row: Row,
  problems: readonly RowProblem[],
  ownId: string | undefined,
  source: string,
  file: string,
  map: string,
): UnfitRow {
  const bytes = Buffer.from(row.raw, 'latin1');
  const text = bytes.toString('utf8');
  const raw = Buffer.from(text, 'utf8').equals(bytes) ? { raw: text } : { rawBase64: bytes.toString('base64') };
  const id = ownId || uuidv5(NAMESPACE.quarantine, `${source.length}:${source}${row.raw}`);
  return { id, source, data: { origin: { file, line: row.line, map } }, unfit: problems, ...raw };
}
