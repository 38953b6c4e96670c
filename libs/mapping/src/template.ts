/**
 * Templates: text with columns of the row in braces. `{column}`, `{join.column}`, `{column:pad8}`, `{column?}`; `{{` and `}}`
 * are braces. A column whose name has braces, dots, colons or a question mark is quoted: `{"a.b"}`.
 *
 * A template in which a column is blank is blank as a whole, so that `C{client_id:pad8}` never becomes `C00000000`; `?` lets one
 * column be blank. Blank values are left out of the touchpoint.
 */

export type Filter = (text: string) => string;

export interface Reference {
  /** The join whose row is looked up; undefined for the row itself. */
  readonly join: string | undefined;
  readonly column: string;
  readonly optional: boolean;
  readonly filters: readonly Filter[];
}

/** What the engine knows of a row that no column says. */
export const SPECIALS = ['$row', '$file', '$line'] as const;
export type Special = (typeof SPECIALS)[number];

export type TemplatePart = string | Reference;
export interface Template {
  readonly parts: readonly TemplatePart[];
}

export const FILTER_HELP = '`padN` (zeros in front up to N characters), `lower`, `upper`, `digits` (only the digits)';

const PLACEHOLDER = /\{\{|\}\}|\{(?:"([^"]*)"|([^{}"?:]+))(\?)?((?::[a-z0-9]+)*)\}|[{}]/g;

/** Parses a template; a string says what is wrong with it. */
export function parseTemplate(text: string, joins: ReadonlySet<string>): Template | string {
  const parts: TemplatePart[] = [];
  let literal = '';
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    literal += text.slice(from, match.index);
    from = match.index + match[0].length;
    const [whole, quoted, plain, optional, filterText] = match;
    if (whole === '{{' || whole === '}}') {
      literal += whole[0];
      continue;
    }
    const name = quoted ?? plain?.trim();
    if (name === undefined)
      return `has a lone brace: write {column}, {join.column} or {column:filter}, and {{ for a brace`;
    const filters: Filter[] = [];
    for (const word of filterText!.split(':').slice(1)) {
      const filter = filterNamed(word);
      if (!filter) return `knows no filter \`${word}\`: write ${FILTER_HELP}`;
      filters.push(filter);
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push({ ...columnOf(name, quoted !== undefined, joins), optional: optional !== undefined, filters });
  }
  literal += text.slice(from);
  if (literal !== '') parts.push(literal);
  return { parts };
}

function columnOf(name: string, quoted: boolean, joins: ReadonlySet<string>): Pick<Reference, 'join' | 'column'> {
  const dot = quoted ? -1 : name.indexOf('.');
  const join = dot > 0 ? name.slice(0, dot) : undefined;
  return join !== undefined && joins.has(join)
    ? { join, column: name.slice(dot + 1) }
    : { join: undefined, column: name };
}

function filterNamed(word: string): Filter | undefined {
  const pad = /^pad([1-9]\d?)$/.exec(word);
  if (pad) return (text) => text.padStart(Number(pad[1]), '0');
  return FILTERS[word];
}

const FILTERS: Readonly<Record<string, Filter>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  digits: (text) => text.replace(/\D/g, ''),
};
