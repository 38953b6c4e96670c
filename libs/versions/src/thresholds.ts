import { ThroughlineError, type FieldDiff, type VersionDiff } from '@throughline/contracts';

/** What must not be exceeded: `changed>5%`. */
export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly of: Measured;
  readonly limit: number;
  /** The limit is in percent. */
  readonly isShare: boolean;
}

type Measured =
  | { readonly kind: 'customers'; readonly measure: keyof typeof CUSTOMERS }
  | { readonly kind: 'field'; readonly field: string; readonly measure: keyof typeof FIELD }
  | { readonly kind: 'metric'; readonly metric: string }
  | { readonly kind: 'folded' };

/** A figure, and of how many it is a share; undefined for one that is no count. */
type Measure<T> = (of: T) => readonly [figure: number, of: number | undefined];

const CUSTOMERS = {
  changed: ({ changed, inBoth }) => [changed, inBoth],
  'only-in-old': ({ onlyIn, inBoth }) => [onlyIn.from.n, inBoth + onlyIn.from.n],
  'only-in-new': ({ onlyIn, inBoth }) => [onlyIn.to.n, inBoth + onlyIn.to.n],
} satisfies Record<string, Measure<VersionDiff['customers']>>;

const FIELD = {
  changed: ({ changed, n }) => [changed, n],
  gained: ({ gained, n, lost }) => [gained, n + gained + lost],
  lost: ({ lost, n, gained }) => [lost, n + gained + lost],
  'mean-absolute': ({ change }) => [change?.meanAbsolute ?? 0, undefined],
  largest: ({ change }) => [change ? Math.max(-change.least, change.greatest) : 0, undefined],
} satisfies Record<string, Measure<FieldDiff>>;

/** Counts may be given as a number or as a share, in percent. */
const COUNTS: ReadonlySet<string> = new Set(['changed', 'only-in-old', 'only-in-new', 'gained', 'lost']);

const POSSIBLE =
  'Possible are: changed>5%, only-in-old>0, only-in-new>0 (customers); <field>.changed>10%, .gained, .lost, .mean-absolute>3, .largest>20 ' +
  '(as in cem.score.changed>10%); metric.<name>.changed>0 (cells); folded-differ.';

/**
 * Reads one limit to what a comparison may show. Counts take a number or a share (`%`): of customers in both versions, of those in the one named, of
 * customers who have the field, of cells.
 *
 * @throws ThroughlineError `invalid-request`, saying what is possible.
 */
export function parseThreshold(text: string): Threshold {
  const written = text.replaceAll(/\s/g, '');
  if (written === 'folded-differ') return { text: written, of: { kind: 'folded' }, limit: 0, isShare: false };
  const [, what, number, percent] = /^([^<>=]+)>(\d+(?:\.\d+)?)(%?)$/.exec(written) ?? [];
  const of = what === undefined ? undefined : measured(what);
  if (!of || number === undefined) throw misread(text);
  const isShare = percent === '%';
  if (isShare && 'measure' in of && !COUNTS.has(of.measure)) throw misread(text, `${of.measure} is no share. `);
  return { text: written, of, limit: Number(number), isShare };
}

function measured(what: string): Measured | undefined {
  if (isMeasure(CUSTOMERS, what)) return { kind: 'customers', measure: what };
  const metric = /^metric\.(.+)\.changed$/.exec(what)?.[1];
  if (metric !== undefined) return { kind: 'metric', metric };
  const dot = what.lastIndexOf('.');
  const [field, measure] = [what.slice(0, Math.max(0, dot)), what.slice(dot + 1)];
  // A field bears its projection's name: cem.score.
  const isField = /^[^.]+\.[^.]+$/.test(field) && !field.startsWith('metric.');
  return isField && isMeasure(FIELD, measure) ? { kind: 'field', field, measure } : undefined;
}

function isMeasure<T extends object>(measures: T, name: string): name is keyof T & string {
  return Object.hasOwn(measures, name);
}

/**
 * What the comparison shows, where that is more than the limit; in the limit's unit.
 *
 * @throws ThroughlineError `invalid-request` for what was not compared, a field or metric that neither version has say: else a misspelt limit would never
 * be exceeded.
 */
export function exceeded(
  threshold: Threshold,
  diff: VersionDiff,
): { readonly text: string; readonly value: number; readonly limit: number } | undefined {
  const { text, limit, isShare } = threshold;
  const [figure, of] = figureOf(threshold, diff);
  const value = !isShare ? figure : of ? (100 * figure) / of : 0;
  return value > limit ? { text, value, limit } : undefined;
}

function figureOf({ text, of }: Threshold, diff: VersionDiff): ReturnType<Measure<never>> {
  if (diff.sample && (of.kind === 'metric' || of.kind === 'folded'))
    throw new ThroughlineError('invalid-request', `${text}: of a sample this is not compared. Replay all of it.`);
  switch (of.kind) {
    case 'customers':
      return (CUSTOMERS[of.measure] as Measure<VersionDiff['customers']>)(diff.customers);
    case 'field': {
      mustBeAmong(diff.compared.fields, of.field, 'field', text);
      const field = diff.fields.find((each) => each.field === of.field);
      return field ? (FIELD[of.measure] as Measure<FieldDiff>)(field) : [0, undefined];
    }
    case 'metric': {
      mustBeAmong(diff.compared.metrics, of.metric, 'metric', text);
      const metric = diff.metrics.find((each) => each.metric === of.metric);
      return [metric?.changed ?? 0, metric?.cells];
    }
    case 'folded':
      return [diff.folded?.same ? 0 : 1, undefined];
    default: {
      const none: never = of;
      return none;
    }
  }
}

/** Where there is nothing at all, nothing differs. */
function mustBeAmong(names: readonly string[], name: string, what: string, text: string): void {
  if (names.length === 0 || names.includes(name)) return;
  const there = names.length <= 40 ? ` There are: ${names.join(', ')}.` : '';
  throw new ThroughlineError('invalid-request', `${text}: neither version has a ${what} ${name}.${there}`);
}

function misread(text: string, why = ''): ThroughlineError {
  return new ThroughlineError('invalid-request', `The limit ${JSON.stringify(text)} cannot be read. ${why}${POSSIBLE}`);
}
