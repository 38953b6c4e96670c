/** What a view tells channels of a customer. At least once, in order for each customer; nothing personal is in it. */
import type { Position } from './position.ts';
import type { IndexValue } from './view.ts';

/** Invariant 9: a change is told apart by customer, version and position. */
export interface CustomerChange {
  readonly projection: string;
  readonly version: string;
  readonly customer: string;
  /** The view's position as of the change. Of what one version tells of one customer, the greatest position stands. */
  readonly position: Position;
  readonly what: 'new' | 'changed' | 'gone';
  /** The customer that one which is gone went into; it tells of itself. */
  readonly into?: string;
  /** Of the fields by which customers are found, those with another value than before; null: none any more. */
  readonly fields: Readonly<Record<string, IndexValue | null>>;
  /** The view could not be finished: until it can, the customer has no fields. */
  readonly incomplete?: true;
}
