import type { RefusalReason } from './decision.ts';
import type { JsonObject } from './json.ts';
import type { Position } from './position.ts';
import type { VersionDiff } from './version-diff.ts';

/**
 * Whom two versions of identity take to be one customer, at one position. Bounded in size, whatever the number of keys. A customer is the set of its keys; keys that both versions leave alone
 * are in no figure, for neither has decided anything about them.
 */
export interface IdentityDiff extends JsonObject {
  /** Tells it from the comparison of a projection. */
  readonly kind: 'identity';
  readonly from: string;
  readonly to: string;
  readonly position: Position;
  /** Keys that one of both, or each, puts with others. */
  readonly keys: number;
  /** Keys of these that stand with other keys in `to` than in `from`. */
  readonly moved: number;
  /** Customers of more than one key. */
  readonly customers: InEach<number>;
  /** Customers of `from` whose keys stand with several customers in `to`, a key that stands alone there counting as one. */
  readonly split: number;
  /** Customers of `to` whose keys stand with several customers in `from`, a key that stands alone there counting as one. */
  readonly merged: number;
  /** The customer of most keys, of equal ones the lesser id; null where no customer has more than one. */
  readonly largest: InEach<CustomerSize | null>;
  /** How many customers have how many keys, ascending; every bar is there, empty ones too. */
  readonly sizes: readonly (InEach<number> & {
    readonly least: number;
    /** Null for the last one, which has no end. */
    readonly most: number | null;
  })[];
  /**
   * Links that were refused and whose keys are apart still: each pair once, by the reason it was last refused for. Every reason that either has, by name. One whose evidence was taken back since
   * is among them: no decision tells of that.
   */
  readonly refused: readonly (InEach<number> & { readonly reason: RefusalReason })[];
  /** The largest of those that `split` and `merged` count, of equal ones the lesser id first. */
  readonly examples: {
    readonly split: readonly IdentityChange[];
    readonly merged: readonly IdentityChange[];
  };
}

/** A figure of both versions. */
export type InEach<T> = { readonly from: T; readonly to: T };

export type CustomerSize = { readonly customer: string; readonly keys: number };

/** A customer that is several in the other version. */
export type IdentityChange = CustomerSize & {
  /** How many it is there. */
  readonly parts: number;
  /** The largest of these, of equal ones the lesser id first; `keys` are those that it shares with this customer. */
  readonly first: readonly CustomerSize[];
};

/** What came of a comparison of two versions: of identity, or of a projection. */
export type ComparisonReport = IdentityDiff | (VersionDiff & JsonObject);

export function isIdentityDiff(report: IdentityDiff | VersionDiff): report is IdentityDiff {
  return (report as { readonly kind?: unknown }).kind === 'identity';
}
