/** Bytes into the items they hold: one JSON object, a list, or one object a line. What the sender calls them is not asked. */
import { isUtf8 } from 'node:buffer';
import { ThroughlineError, type ProblemCode } from '@throughline/contracts';
import { jsonFault, listElements } from '@throughline/runtime';

/** One item of a request. `index` counts from 0; of lines, the blank ones are not counted. */
export type Item = { readonly index: number } & (
  { readonly value: unknown; readonly code?: undefined } | { readonly code: ProblemCode; readonly message: string }
);

export interface Decoded {
  /** Parsed as they are asked for, once. */
  readonly items: Iterable<Item>;
  /** Bytes of all items together, about. */
  readonly size: number;
  /** An item's very bytes. */
  rawOf(index: number): Buffer;
}

/** Items a request: more would hold the thread for too long, and be a long answer. */
export const MOST_ITEMS = 50_000;

const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Where the first line is no object but a later one is, the body is taken for lines: the bad ones are told one by one. A body
 * of which nothing can be read is refused as a whole.
 *
 * @throws ThroughlineError `unreadable-body` with the place, `too-large` for too many items.
 */
export function decode(body: Buffer): Decoded {
  const bytes = body.subarray(0, 3).equals(BOM) ? body.subarray(3) : body;
  const lines = linesOf(bytes);
  if (lines.length === 0) throw new ThroughlineError('unreadable-body', 'It is empty.');
  const first = bytes[lines[0]!];
  if (first === OPEN_LIST) return list(bytes);
  if (lines.length > 2 && isObjectLine(bytes, lines, 0)) return objectLines(bytes, lines);
  const whole = wholeObject(bytes);
  if (whole) return whole;
  for (let at = 2; at < lines.length; at += 2) if (isObjectLine(bytes, lines, at)) return objectLines(bytes, lines);
  throw new ThroughlineError('unreadable-body', fault(bytes));
}

function list(bytes: Buffer): Decoded {
  const values = parse(bytes);
  if (!Array.isArray(values)) throw new ThroughlineError('unreadable-body', fault(bytes));
  limit(values.length);
  let elements: string[] | undefined;
  return {
    items: values.map((value: unknown, index) => ({ index, value })),
    size: bytes.length,
    rawOf(index) {
      elements ??= listElements(bytes.toString('utf8'));
      return Buffer.from(elements[index]!, 'utf8');
    },
  };
}

function wholeObject(bytes: Buffer): Decoded | undefined {
  const value = parse(bytes);
  if (typeof value !== 'object' || value === null) return undefined;
  const [start, end] = [bytes.indexOf(OPEN_OBJECT), bytes.lastIndexOf(CLOSE_OBJECT) + 1];
  return { items: [{ index: 0, value }], size: end - start, rawOf: () => bytes.subarray(start, end) };
}

function objectLines(bytes: Buffer, lines: readonly number[]): Decoded {
  limit(lines.length / 2);
  const rawOf = (index: number) => bytes.subarray(lines[index * 2], lines[index * 2 + 1]);
  const allUtf8 = isUtf8(bytes);
  return { items: parsedLines(rawOf, lines.length / 2, allUtf8), size: bytes.length, rawOf };
}

function* parsedLines(rawOf: (index: number) => Buffer, count: number, allUtf8: boolean): Iterable<Item> {
  for (let index = 0; index < count; index++) {
    const line = rawOf(index);
    if (!allUtf8 && !isUtf8(line)) {
      yield { index, code: 'unreadable-line', message: 'It is not UTF-8.' };
      continue;
    }
    const text = line.toString('utf8');
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      yield { index, code: 'unreadable-line', message: jsonFault(text) };
      continue;
    }
    yield { index, value };
  }
}

/** Where each line that is not blank begins (its first visible byte) and ends, flat: 50,000 small objects would be a burden. */
function linesOf(bytes: Buffer): number[] {
  const lines: number[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    while (start < end && isBlank(bytes[start]!)) start++;
    if (start < end) lines.push(start, end);
    start = end + 1;
  }
  return lines;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

function isObjectLine(bytes: Buffer, lines: readonly number[], at: number): boolean {
  return bytes[lines[at]!] === OPEN_OBJECT && parse(bytes.subarray(lines[at], lines[at + 1])) !== undefined;
}

/** Undefined for what is no JSON, or not in UTF-8. */
function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function fault(bytes: Buffer): string {
  if (isUtf8(bytes))
    return parse(bytes) === undefined
      ? jsonFault(bytes.toString('utf8'))
      : 'It is JSON, but neither an object nor a list.';
  const lines = linesOf(bytes);
  for (let at = 0; at < lines.length; at += 2) {
    if (!isUtf8(bytes.subarray(lines[at], lines[at + 1]))) return `Not UTF-8 in line ${lineNumber(bytes, lines[at]!)}.`;
  }
  return 'It is not UTF-8.';
}

function lineNumber(bytes: Buffer, at: number): number {
  let line = 1;
  for (
    let newline = bytes.indexOf(NEWLINE);
    newline >= 0 && newline < at;
    newline = bytes.indexOf(NEWLINE, newline + 1)
  )
    line++;
  return line;
}

function limit(items: number): void {
  if (items > MOST_ITEMS) throw new ThroughlineError('too-large', `At most ${MOST_ITEMS} touchpoints a request.`);
}
