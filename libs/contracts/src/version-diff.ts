import type { IndexValue } from './view.ts';
import type { Position } from './position.ts';
import type { Tally } from './tally.ts';

/** What two versions of a projection show differently, at one position. Bounded in size, whatever the number of customers. */
export interface VersionDiff {
  readonly projection: string;
  readonly from: string;
  readonly to: string;
  readonly position: Position;
  /** The day both stand for, `2026-11-22`. */
  readonly day: string;
  /** What each has folded: the same, or something was skipped or doubled. Absent of a sample. */
  readonly folded?: { readonly from: Tally; readonly to: Tally; readonly same: boolean };
  /** Only these customers were compared, and no metrics. */
  readonly sample?: { readonly digits: number };
  readonly customers: {
    readonly inBoth: number;
    readonly same: number;
    readonly changed: number;
    readonly onlyIn: { readonly from: CustomersOnlyIn; readonly to: CustomersOnlyIn };
  };
  /** Names of all that was compared, whether or not it differs: fields that any customer in both has, metrics that have cells. */
  readonly compared: { readonly fields: readonly string[]; readonly metrics: readonly string[] };
  /** One for each field in which any customer differs, by name. */
  readonly fields: readonly FieldDiff[];
  /** One for each metric of which cells differ, by name. */
  readonly metrics: readonly MetricDiff[];
}

export interface CustomersOnlyIn {
  readonly n: number;
  /** The first of them, by id. */
  readonly first: readonly string[];
}

/** How one field of customers changes. */
export interface FieldDiff {
  readonly field: string;
  /** Customers who have it in both. */
  readonly n: number;
  readonly same: number;
  readonly changed: number;
  /** Customers who have it in one only. */
  readonly gained: number;
  readonly lost: number;
  /** Of a field of numbers, over the customers who have it in both, unchanged ones included. */
  readonly change?: {
    readonly mean: number;
    /** Of the absolute change. */
    readonly meanAbsolute: number;
    readonly least: number;
    readonly median: number;
    /** Present where there were too many different changes to keep apart: the median is off by no more than this share of its size. */
    readonly medianWithin?: number;
    readonly greatest: number;
    /**
     * How many changed by how much: bounds ascending, and alike in both directions. Of a bar's two bounds the one nearer to 0 is within: 2 ≤ change < 5, and
     * −5 < change ≤ −2. The unchanged are in none of them.
     */
    readonly histogram: readonly { readonly from: number; readonly to: number; readonly n: number }[];
  };
  /** Of a field of words or yes and no: the most frequent changes, counted exactly; of very many different ones the first that were met. */
  readonly turns?: readonly { readonly from: IndexValue; readonly to: IndexValue; readonly n: number }[];
  /** How many changed in other ways than `turns` lists; absent for none. */
  readonly otherTurns?: number;
  /** Those it changes most for, then those who have it in one only; of equal ones the lesser id. */
  readonly movers: readonly Mover[];
}

export interface Mover {
  readonly customer: string;
  readonly from: IndexValue | null;
  readonly to: IndexValue | null;
}

/** How the cells of one metric change. */
export interface MetricDiff {
  readonly metric: string;
  /** Cells in either; how many of them differ. */
  readonly cells: number;
  readonly changed: number;
  /** The cells that differ most, by the greatest absolute difference of a value. */
  readonly most: readonly {
    readonly day?: string;
    readonly dims: Readonly<Record<string, string>>;
    readonly from: readonly number[];
    readonly to: readonly number[];
  }[];
}
