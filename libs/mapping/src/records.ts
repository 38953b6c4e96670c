/**
 * Bytes to records: lines, or in delimited files lines joined where a quoted field holds a line break (RFC 4180). A quote
 * inside an unquoted field is just a character. A quoted field that is never closed does not swallow the file: its first
 * line alone is unreadable, and reading goes on at the next.
 *
 * Own code and not a CSV library's, for two things a library did not give (csv-parse 7 was tried): the exact bytes of a bad row, and
 * going on after an unclosed quote. The tests hold it against csv-parse. See docs/adr/0009.
 */

/** A record as it stands in the file. Strings are bytes: one character, one byte. */
export interface RawRecord {
  /** Line on which it starts, from 1. */
  readonly line: number;
  readonly raw: string;
  /** Undefined when it could not be split: see `problem`. */
  readonly fields: string[] | undefined;
  readonly problem?: string;
}

export interface Splitting {
  /** Byte string between fields; undefined keeps lines whole. */
  readonly delimiter: string | undefined;
  /** Byte around fields that hold delimiters, quotes or line breaks; undefined for none. */
  readonly quote: string | undefined;
}

/** The longest record that is read; memory is bounded by it. */
export const MAX_RECORD_BYTES = 1024 * 1024;
/** Bytes worked on at a time. */
const BLOCK_BYTES = 256 * 1024;

/** Splits `chunks` into batches of records. Empty lines are left out. */
export async function* records(chunks: AsyncIterable<Buffer>, splitting: Splitting): AsyncGenerator<RawRecord[]> {
  const splitter = new Splitter(splitting);
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < BLOCK_BYTES) continue;
    const batch = splitter.split(Buffer.concat(waiting, size).toString('latin1'), false);
    [waiting, size] = [[], 0];
    if (batch.length > 0) yield batch;
  }
  const batch = splitter.split(Buffer.concat(waiting, size).toString('latin1'), true);
  if (batch.length > 0) yield batch;
}

/** Where a quoted record stands: its end, or that it goes on in the next block, or why it cannot be split. */
type Quoted = { readonly fields: string[]; readonly end: number } | 'more' | { readonly problem: string };

const NEVER_CLOSED = 'a quoted field opens here and is never closed: close it, or say `quote: none` in the map';
const AFTER_CLOSE =
  'text follows a closing quote: double a quote that is part of the value, or say `quote: none` in the map';
const TOO_LONG = 'the record is longer than 1 MiB';

class Splitter {
  readonly #delimiter: string | undefined;
  readonly #quote: string | undefined;
  #newline: string | undefined;
  #rest = '';
  #line = 1;

  constructor({ delimiter, quote }: Splitting) {
    this.#delimiter = delimiter;
    this.#quote = delimiter === undefined ? undefined : quote;
  }

  /** The records that `bytes` completes; `last` says that nothing follows. */
  split(bytes: string, last: boolean): RawRecord[] {
    const text = this.#rest + bytes;
    this.#newline ??= newlineOf(text, last);
    const batch: RawRecord[] = [];
    const at = this.#newline === undefined ? 0 : this.#splitBy(this.#newline, text, last, batch);
    this.#rest = text.slice(at);
    return batch;
  }

  /** Puts the complete records of `text` into `batch`; returns where the incomplete one begins. */
  #splitBy(newline: string, text: string, last: boolean, batch: RawRecord[]): number {
    const quote = this.#quote;
    let at = 0;
    let nextQuote = quote === undefined ? Infinity : indexOr(text, quote, 0, Infinity);
    while (at < text.length) {
      const tooLong = text.length - at > MAX_RECORD_BYTES;
      let end = text.indexOf(newline, at);
      if (end < 0) {
        if (!last && !tooLong) break;
        end = text.length;
      }
      if (nextQuote < at) nextQuote = indexOr(text, quote!, at, Infinity);
      const quoted = nextQuote < end ? this.#quoted(text, at, newline, last) : undefined;
      if (quoted === 'more' && !tooLong) break;
      if (quoted !== undefined && quoted !== 'more' && 'fields' in quoted) {
        batch.push({ line: this.#line, raw: lineOf(text, at, quoted.end, newline), fields: quoted.fields });
        this.#line += count(text, newline, at, quoted.end) + 1;
        at = quoted.end + 1;
        continue;
      }
      const raw = lineOf(text, at, end, newline);
      const problem = quoted === 'more' || raw.length > MAX_RECORD_BYTES ? TOO_LONG : quoted?.problem;
      if (problem !== undefined) batch.push({ line: this.#line, raw, fields: undefined, problem });
      else if (raw !== '')
        batch.push({
          line: this.#line,
          raw,
          fields: this.#delimiter === undefined ? [raw] : raw.split(this.#delimiter),
        });
      this.#line += 1;
      at = end + 1;
    }
    return Math.min(at, text.length);
  }

  #quoted(text: string, start: number, newline: string, last: boolean): Quoted {
    const delimiter = this.#delimiter!;
    const quote = this.#quote!;
    const fields: string[] = [];
    for (let at = start; ; at += delimiter.length) {
      if (text.startsWith(quote, at)) {
        let value = '';
        for (let from = at + 1; ; from = at + 1) {
          const close = text.indexOf(quote, from);
          if (close < 0) return last ? { problem: NEVER_CLOSED } : 'more';
          if (close - start > MAX_RECORD_BYTES) return { problem: NEVER_CLOSED };
          value += text.slice(from, close);
          at = close + 1;
          if (!text.startsWith(quote, at)) break;
          value += quote;
        }
        fields.push(value);
      } else {
        const end = Math.min(indexOr(text, delimiter, at, text.length), indexOr(text, newline, at, text.length));
        fields.push(
          newline === '\n' && text.startsWith('\n', end)
            ? text.slice(at, withoutReturn(text, at, end))
            : text.slice(at, end),
        );
        at = end;
      }
      if (text.startsWith(delimiter, at)) continue;
      if (newline === '\n' && text.startsWith('\r', at)) at += 1;
      if (at >= text.length) return last ? { fields, end: at } : 'more';
      if (!text.startsWith(newline, at)) return { problem: AFTER_CLOSE };
      return { fields, end: at };
    }
  }
}

/** What ends the lines: a line feed (with or without a return before it), or, in files of the old Macintosh, a return. */
function newlineOf(text: string, last: boolean): string | undefined {
  if (text.includes('\n')) return '\n';
  const bare = text.indexOf('\r');
  if (bare >= 0 && bare < text.length - 1) return '\r';
  return last || text.length > MAX_RECORD_BYTES ? '\n' : undefined;
}

function indexOr(text: string, what: string, from: number, otherwise: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? otherwise : found;
}

const withoutReturn = (text: string, start: number, end: number) =>
  end > start && text[end - 1] === '\r' ? end - 1 : end;

function lineOf(text: string, start: number, end: number, newline: string): string {
  return text.slice(start, newline === '\n' ? withoutReturn(text, start, end) : end);
}

function count(text: string, what: string, from: number, to: number): number {
  let n = 0;
  for (let at = text.indexOf(what, from); at >= 0 && at < to; at = text.indexOf(what, at + 1)) n++;
  return n;
}
