/** How a file is written down: the part of a map that both the imported file and each joined file have. */
import { encodingExists } from './encoding.ts';
import type { Entry } from './reading.ts';

export const FORMATS = ['csv', 'tsv', 'fixed', 'ndjson'] as const;

/** A column of a fixed-column file: characters `start` to `end`, from 0, `end` excluded. */
export interface FixedColumn {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface Dialect {
  readonly format: (typeof FORMATS)[number];
  readonly encoding: string;
  readonly delimiter: string;
  /** Undefined where quotes are plain characters. */
  readonly quote: string | undefined;
  /** Columns' names where the file has no header line. */
  readonly header: readonly string[] | undefined;
  /** Columns of a fixed-column file. */
  readonly fixed: readonly FixedColumn[];
  /** Records before the header (or the first row) that are passed over. */
  readonly skip: number;
  /** Besides the empty text, what stands for "nothing here". */
  readonly blank: ReadonlySet<string>;
}

export const DIALECT_FIELDS = [
  'format',
  'encoding',
  'delimiter',
  'quote',
  'header',
  'columns',
  'skip',
  'blank',
] as const;
type DialectEntries = Readonly<Partial<Record<(typeof DIALECT_FIELDS)[number], Entry>>>;

export function readDialect(entries: DialectEntries): Dialect {
  const format = entries.format?.oneOf(FORMATS) ?? 'csv';
  const fixed = entries.columns ? fixedColumns(entries.columns) : [];
  if (format === 'fixed' && !entries.columns)
    entries.format?.problem('needs `columns:` with each column’s place, such as `client: 2-6`');
  if (format !== 'fixed')
    entries.columns?.problem(
      'is for `format: fixed` only; name the columns of a file without a header line in `header:`',
    );
  if (format !== 'csv' && format !== 'tsv') {
    for (const name of ['delimiter', 'quote', 'header'] as const)
      entries[name]?.problem('is for `format: csv` and `format: tsv` only');
  }
  return {
    format,
    encoding: encodingOf(entries.encoding),
    delimiter: delimiterOf(entries.delimiter) ?? (format === 'tsv' ? '\t' : ','),
    quote: quoteOf(entries.quote),
    header: entries.header ? entries.header.list().map((name) => name.text() ?? '') : undefined,
    fixed,
    skip: entries.skip?.count() ?? 0,
    blank: new Set(entries.blank ? entries.blank.items().map((item) => item.word() ?? '') : []),
  };
}

function encodingOf(entry: Entry | undefined): string {
  const name = entry?.text() ?? 'utf-8';
  if (!encodingExists(name))
    entry?.problem(
      `knows no encoding \`${name}\`: write utf-8, utf-16le, windows-1252, latin1 or another one that iconv-lite knows`,
    );
  return name;
}

function delimiterOf(entry: Entry | undefined): string | undefined {
  const written = entry?.text();
  if (written === undefined) return undefined;
  const delimiter = written === 'tab' || written === '\\t' ? '\t' : written;
  return /["\r\n]/.test(delimiter) ? entry!.problem('cannot be a quote or a line break') : delimiter;
}

function quoteOf(entry: Entry | undefined): string | undefined {
  const written = entry?.text() ?? '"';
  if (written === 'none') return undefined;
  if (!/^[\x21-\x7e]$/.test(written)) entry?.problem('write one character, or `none`');
  return written;
}

function fixedColumns(entry: Entry): FixedColumn[] {
  return entry.entries().flatMap(([name, place]) => {
    const found = /^(\d+)(?:-(\d+)?)?$/.exec(place.text() ?? '');
    const start = Number(found?.[1]);
    const end = found?.[2] !== undefined ? Number(found[2]) : place.text()!.endsWith('-') ? Infinity : start;
    if (!found || start < 1 || end < start) {
      place.problem('write the first and last character, from 1: `2-6`, `9`, or `20-` for the rest of the line');
      return [];
    }
    return [{ name, start: start - 1, end }];
  });
}
