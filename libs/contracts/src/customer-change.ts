/** What a view tells channels of a customer. At least once, in order for each customer; nothing personal is in it. */
import type { Position } from './position.ts';
import type { IndexValue } from './view.ts';

/** Invariant 9: a change is told apart by customer, version and position. */
export interface CustomerChange {
  readonly projection: string;
  readonly version: string;
  readonly customer: string;
  /** The view's position as of the change. Of what is told of one customer, the greatest position stands: it says all there is to say. */
  readonly position: Position;
  readonly what: 'new' | 'changed' | 'gone';
  /** The customer that one which is gone went into; it tells of itself. */
  readonly into?: string;
  /** The fields by which customers are found, all as they now stand. */
  readonly fields: Readonly<Record<string, IndexValue>>;
  /** Names of those with another value than before, or none any more. */
  readonly changed: readonly string[];
  /** The view could not be finished: until it can, the customer has no fields. */
  readonly incomplete?: true;
}
