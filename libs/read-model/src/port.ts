import type { Cell, Day, Documents, IndexEntry, IndexValue, Key, Position } from '@throughline/contracts';
import type { Move } from './move.ts';
import type { Parked, ParkedPage } from './parked.ts';

/** How far one version of a projection has come. Written together with what it describes, never apart. */
export interface Progress {
  /** Every event at or before it is folded, and every customer it touched is finished. */
  readonly position: Position;
  /**
   * The day views stand for: the last `day.closed` folded, plus one (the open day). Before the first tick it is the UTC day
   * on which the log recorded its first event; undefined before that one.
   */
  readonly day: Day | undefined;
}

/**
 * One version of one projection, as a question sees it: every answer of one `ViewReader` call is from one commit, or, where the
 * version is kept in several parts, from one commit of each.
 */
export interface ViewReader {
  readonly projection: string;
  readonly version: string;
  /** The definitions that this version was built by, where they are not the shipped ones: by these its customers are finished. */
  documents(): Promise<Documents>;
  progress(): Promise<Progress>;
  /** The customer that each key stands with; the key itself where identity said nothing of it. */
  customersOf(keys: readonly string[]): Promise<readonly string[]>;
  /** The customer behind any of its ids (merged-away ids too): its keys and the fragments of those that have one. Undefined when no touchpoint is known. */
  customer<F>(id: string): Promise<CustomerState<F> | undefined>;
  /** Index values of customers, in the order asked: `values[i][j]` is field j of customer i. */
  values(
    customers: readonly string[],
    fields: readonly string[],
  ): Promise<readonly (readonly (IndexValue | undefined)[])[]>;
  /** Entries of one index in order (value, then customer id), a page at a time. */
  scan(scan: IndexScan): Promise<readonly ScannedEntry[]>;
  /** How many customers there are, exactly. */
  customerCount(): Promise<number>;
  /** How many touchpoints and customers could not be folded and wait for a redrive. */
  parkedCount(): Promise<number>;
  /** What is parked, in the order of ids, a page at a time. */
  parked(page: ParkedPage): Promise<readonly Parked[]>;
  /** Stewards' moves of touchpoints in force, in the order of their requests. */
  moves(): Promise<readonly Move[]>;
  /** Stored cells of a metric, those with a day from `from` to `to` inclusive, or (`timed: false`) those without. */
  cells(metric: string, range: { timed: false } | { timed: true; from: Day; to: Day }): AsyncIterable<Cell>;
}

export interface CustomerState<F> {
  /** The canonical id. */
  readonly id: string;
  /** Every key that identity put with this customer, or its only one. */
  readonly keys: readonly Key[];
  /** Subjects of the customer (keys that are the home of a touchpoint) with their fragments. */
  readonly fragments: readonly { readonly subject: string; readonly fragment: F }[];
  /** Some event of this customer could not be folded and is parked: what is shown lacks it. */
  readonly incomplete: boolean;
}

export interface IndexScan {
  readonly field: string;
  /** Inclusive bounds; absent for none. */
  readonly from?: IndexValue;
  readonly to?: IndexValue;
  readonly descending?: boolean;
  /** Entries after this one, in the direction of the scan. */
  readonly after?: ScannedEntry;
  readonly limit: number;
}

export interface ScannedEntry {
  readonly value: IndexValue;
  readonly customer: string;
}

/** A customer's one stored contribution: replacing it takes the old cells and index entries out and puts the new in. */
export interface Contribution {
  readonly customer: string;
  readonly cells: readonly Cell[];
  readonly indexes: readonly IndexEntry[];
  /** When time alone will change it. */
  readonly nextChange: Day | undefined;
}
