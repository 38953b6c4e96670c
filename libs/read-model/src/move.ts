import type { Position } from '@throughline/contracts';

/** A steward's request, still in force, that touchpoints of one subject count for another. */
export interface Move {
  readonly position: Position;
  readonly from: string;
  readonly to: string;
  readonly touchpoints?: readonly string[];
  /** Of `occurredAt`, epoch milliseconds: from ≤ t < to. */
  readonly span?: { readonly from: number; readonly to: number };
}
