import { ThroughlineError, type IdentityDiff } from '@throughline/contracts';

/** What must not be exceeded where identity is compared: `split>0`. */
export interface IdentityThreshold {
  /** As it was written. */
  readonly text: string;
  readonly measure: keyof typeof MEASURES;
  readonly limit: number;
  /** The limit is in percent. */
  readonly isShare: boolean;
}

/** A figure, and of how many it is a share; undefined for one that is no count of some. */
const MEASURES = {
  split: ({ split, customers }) => [split, customers.from],
  merged: ({ merged, customers }) => [merged, customers.to],
  moved: ({ moved, keys }) => [moved, keys],
  largest: ({ largest }) => [largest.to?.keys ?? 0, undefined],
} satisfies Record<string, (diff: IdentityDiff) => readonly [figure: number, of: number | undefined]>;

const POSSIBLE =
  'Possible are: split>0 (customers that would be several), merged>5% (customers that were several), moved>100 (keys), largest>50 (keys of one customer).';

/**
 * Reads one limit to what a comparison of identity may show. Counts take a number or a share (`%`): of the customers of more than one key before, or
 * after; of the keys that stand with others.
 *
 * @throws ThroughlineError `invalid-request`, saying what is possible.
 */
export function parseIdentityThreshold(text: string): IdentityThreshold {
  const written = text.replaceAll(/\s/g, '');
  const [, measure = '', number, percent] = /^(\w+)>(\d+(?:\.\d+)?)(%?)$/.exec(written) ?? [];
  const isShare = percent === '%';
  if (!isMeasure(measure) || (isShare && measure === 'largest'))
    throw new ThroughlineError('invalid-request', `The limit ${JSON.stringify(text)} cannot be read. ${POSSIBLE}`);
  return { text: written, measure, limit: Number(number), isShare };
}

function isMeasure(name: string): name is keyof typeof MEASURES {
  return Object.hasOwn(MEASURES, name);
}

/** What the comparison shows, where that is more than the limit; in the limit's unit. */
export function exceededByIdentity(
  { measure, limit, isShare }: IdentityThreshold,
  diff: IdentityDiff,
): number | undefined {
  const [figure, of] = MEASURES[measure](diff);
  const value = !isShare ? figure : of ? (100 * figure) / of : 0;
  return value > limit ? value : undefined;
}
