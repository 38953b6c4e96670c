/** What could not be folded or finished. Names where it failed and never what was in it. */
export interface Parked {
  /** The touchpoint's id, or the customer's where a view could not be finished. */
  readonly id: string;
  readonly stage: 'fold' | 'view';
  /** The subject or customer that lacks it. */
  readonly of: string;
  /** Kind of error and place in the code. */
  readonly error: string;
}

/** A page of what is parked: in the order of ids, those behind `after`. */
export interface ParkedPage {
  readonly after?: string;
  readonly limit: number;
}
