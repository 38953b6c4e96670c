import type { Day, Position } from '@throughline/contracts';

/** What a projection says of itself after each commit, and when it is promoted. */
export interface ProjectionReport {
  readonly projection: string;
  readonly version: string;
  /** Whether readers are given this version yet. */
  readonly promoted: boolean;
  /** What readers are told: everything at or before it is folded and finished. */
  readonly position: Position;
  readonly day: Day | undefined;
  /** Touchpoints and other events taken since the run began. */
  readonly events: number;
  /** Customers finished since the run began. */
  readonly customers: number;
  /** Touchpoints and customers that are parked. */
  readonly parked: number;
  /** When the log recorded the last event folded, epoch milliseconds; undefined before one. */
  readonly recordedAt: number | undefined;
}
