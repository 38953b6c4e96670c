/** How much is done at a time. Small values are for tests; the defaults keep a batch within some 100 ms and 100 MB. */
export interface Limits {
  /** Events folded in one commit, at most. As many as are there are taken: one at low load. */
  readonly batch: number;
  /** Customers finished in one commit, at most. */
  readonly slice: number;
  /** Rows of subjects kept in memory between commits. */
  readonly hot: number;
}

export const DEFAULT_LIMITS: Limits = { batch: 5_000, slice: 5_000, hot: 20_000 };
