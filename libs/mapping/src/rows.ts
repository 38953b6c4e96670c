/** Records to rows whose columns have names. */
import type { JsonObject, JsonValue } from '@throughline/contracts';
import type { Dialect, FixedColumn } from './dialect.ts';
import { decoder, type Decoder } from './encoding.ts';
import { records, type RawRecord } from './records.ts';

/** A row's values: by place where columns have one, by path in NDJSON. */
export type Cells = readonly string[] | JsonObject;
/** One column's text; undefined where it is missing or null. */
export type Getter = (cells: Cells) => string | undefined;

export interface Row {
  readonly line: number;
  /** The record's bytes, one character each. */
  readonly raw: string;
  /** Undefined when the row cannot be read: see `problem`. */
  readonly cells: Cells | undefined;
  readonly problem?: string;
}

export interface Rows {
  /** Names of the columns; undefined where rows name their own (NDJSON). */
  readonly names: readonly string[] | undefined;
  readonly batches: AsyncIterable<readonly Row[]>;
  /** Undefined when there is no such column. */
  getter(name: string): Getter | undefined;
  /** The row as one text that does not depend on the order of its columns: what tells rows without an id apart. */
  canonical(cells: Cells): string;
}

/** A file that cannot be read as the map says. */
export class FileProblem extends Error {}

export async function openRows(source: AsyncIterable<Buffer>, dialect: Dialect): Promise<Rows> {
  const text = await decoder(source, dialect.encoding);
  const splitByColumns = dialect.format === 'csv' || dialect.format === 'tsv';
  const batches = records(text.chunks, {
    delimiter: splitByColumns ? bytesOf(dialect.delimiter, text) : undefined,
    quote: dialect.quote,
  });
  if (dialect.format === 'ndjson') return jsonRows(skipped(batches, dialect.skip), text);
  if (dialect.format === 'fixed') return fixedRows(skipped(batches, dialect.skip), text, dialect.fixed);
  return delimitedRows(skipped(batches, dialect.skip), text, dialect.header);
}

/** A delimiter as it stands among bytes. */
function bytesOf(delimiter: string, text: Decoder): string {
  const single = delimiter.length === 1 && delimiter.charCodeAt(0) > 0x7f ? singleByteOf(delimiter, text) : undefined;
  return single ?? Buffer.from(delimiter, 'utf8').toString('latin1');
}

function singleByteOf(delimiter: string, text: Decoder): string | undefined {
  for (let byte = 0x80; byte <= 0xff; byte++)
    if (text.decode(String.fromCharCode(byte)) === delimiter) return String.fromCharCode(byte);
  return undefined;
}

async function* skipped(batches: AsyncIterable<RawRecord[]>, skip: number): AsyncGenerator<RawRecord[]> {
  let left = skip;
  for await (const batch of batches) {
    const kept = left === 0 ? batch : batch.slice(left);
    left = Math.max(0, left - batch.length);
    if (kept.length > 0) yield kept;
  }
}

async function delimitedRows(
  batches: AsyncGenerator<RawRecord[]>,
  text: Decoder,
  header: readonly string[] | undefined,
): Promise<Rows> {
  const first = header ? undefined : await batches.next();
  const head = header ?? headerOf(first?.value?.[0], text);
  const names = head.map((name) => name.trim());
  const repeated = names.find((name, i) => name !== '' && names.indexOf(name) < i);
  if (repeated !== undefined)
    throw new FileProblem(`two columns are named \`${repeated}\`: name all columns in \`header:\` and say \`skip: 1\``);
  async function* rows(): AsyncGenerator<Row[]> {
    if (first?.value && first.value.length > 1)
      yield first.value.slice(1).map((record: RawRecord) => delimitedRow(record, names.length, text));
    for await (const batch of batches) yield batch.map((record) => delimitedRow(record, names.length, text));
  }
  return { names, batches: rows(), getter: byPlace(names), canonical: canonicalByName(names) };
}

function headerOf(record: RawRecord | undefined, text: Decoder): string[] {
  if (record === undefined) throw new FileProblem('the file is empty: there is no header line');
  if (!record.fields) throw new FileProblem(`line ${record.line}, the header: ${record.problem}`);
  return record.fields.map((field) => {
    const name = text.decode(field);
    if (name === undefined)
      throw new FileProblem('the header is not valid in this encoding: name the right one in `encoding:`');
    return name;
  });
}

const ASCII = /^[\0-\x7f]*$/;
const UNDECODABLE = 'the row’s bytes are not valid in this encoding';

function delimitedRow({ line, raw, fields, problem }: RawRecord, width: number, text: Decoder): Row {
  if (!fields) return { line, raw, cells: undefined, problem: problem! };
  const cells = ASCII.test(raw) ? fields : decoded(fields, text);
  if (!cells) return { line, raw, cells: undefined, problem: UNDECODABLE };
  const fits =
    cells.length === width || (cells.length > width && cells.slice(width).every((cell) => cell.trim() === ''));
  if (!fits)
    return { line, raw, cells: undefined, problem: `the row has ${cells.length} columns, the header ${width}` };
  return { line, raw, cells };
}

function decoded(fields: readonly string[], text: Decoder): string[] | undefined {
  const cells: string[] = [];
  for (const field of fields) {
    const cell = text.decode(field);
    if (cell === undefined) return undefined;
    cells.push(cell);
  }
  return cells;
}

async function fixedRows(
  batches: AsyncGenerator<RawRecord[]>,
  text: Decoder,
  columns: readonly FixedColumn[],
): Promise<Rows> {
  const names = columns.map(({ name }) => name);
  async function* rows(): AsyncGenerator<Row[]> {
    for await (const batch of batches) {
      yield batch.map(({ line, raw, problem }) => {
        const whole = problem === undefined ? text.decode(raw) : undefined;
        if (whole === undefined) return { line, raw, cells: undefined, problem: problem ?? UNDECODABLE };
        return { line, raw, cells: columns.map(({ start, end }) => whole.slice(start, end)) };
      });
    }
  }
  return { names, batches: rows(), getter: byPlace(names), canonical: canonicalByName(names) };
}

function byPlace(names: readonly string[]): Rows['getter'] {
  return (name) => {
    const place = name === '' ? -1 : names.indexOf(name);
    return place < 0 ? undefined : (cells) => (cells as readonly string[])[place];
  };
}

function canonicalByName(names: readonly string[]): Rows['canonical'] {
  const order = names.map((_, i) => i).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  const head = JSON.stringify(order.map((i) => names[i]));
  return (cells) => head + JSON.stringify(order.map((i) => (cells as readonly string[])[i]));
}

async function jsonRows(batches: AsyncGenerator<RawRecord[]>, text: Decoder): Promise<Rows> {
  async function* rows(): AsyncGenerator<Row[]> {
    for await (const batch of batches) yield batch.map((record) => jsonRow(record, text));
  }
  return { names: undefined, batches: rows(), getter: byPath, canonical: canonicalJson };
}

function jsonRow({ line, raw, problem }: RawRecord, text: Decoder): Row {
  const whole = problem === undefined ? text.decode(raw) : undefined;
  if (whole === undefined) return { line, raw, cells: undefined, problem: problem ?? UNDECODABLE };
  try {
    const cells = JSON.parse(whole) as JsonValue;
    if (typeof cells === 'object' && cells !== null && !Array.isArray(cells))
      return { line, raw, cells: cells as JsonObject };
  } catch {
    // Told below, with the line.
  }
  return { line, raw, cells: undefined, problem: 'the line is not a JSON object' };
}

function byPath(name: string): Getter {
  const path = name.split('.');
  return (cells) => {
    const whole = (cells as JsonObject)[name];
    return textOf(whole ?? path.reduce<JsonValue | undefined>(member, cells as JsonObject));
  };
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as JsonObject)[name]
    : undefined;
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function canonicalJson(value: Cells | JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const object = value as JsonObject;
  const members = Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name] ?? null)}`);
  return `{${members.join()}}`;
}
