/** How much is done at a time. Small values are for tests; the defaults keep memory within some 100 MB. */
export interface Limits {
  /** Events taken from the log at a time, at most. As many as are there are taken: one at low load. */
  readonly batch: number;
  /** Customers finished in one commit, at most. */
  readonly slice: number;
  /** Rows of subjects kept in memory between commits. */
  readonly hot: number;
  /** A batch of at least this many events says that the projection is behind: it is then folded on before it commits. */
  readonly behind: number;
  /** How long it folds on before it commits, milliseconds. */
  readonly patience: number;
  /**
   * The least time from one commit to the next taking of events, milliseconds. A commit costs about as much for ten events as for
   * one, so what arrives in the meantime shares the next: a first event is not held up, and a steady trickle is cheap.
   */
  readonly pace: number;
  /** The same of a version that readers are not given: nobody waits for what it shows. */
  readonly paceBeside: number;
}

export const DEFAULT_LIMITS: Limits = {
  batch: 5_000,
  slice: 20_000,
  hot: 20_000,
  behind: 500,
  patience: 1_000,
  pace: 8,
  paceBeside: 100,
};
