/**
 * A place in one log. Opaque: compare two positions of the same log as text (`a < b`), never across logs, and do no
 * arithmetic on them; there may be gaps. Sixteen lower-case hex digits in the embedded log, so text order is log order.
 */
export type Position = string & { readonly __brand: 'Position' };

/** Before the first event of any log. */
export const START = '' as Position;

/** The later of two positions of one log. */
export function later(a: Position, b: Position): Position {
  return a < b ? b : a;
}

/** The earlier of two positions of one log. */
export function earlier(a: Position, b: Position): Position {
  return a < b ? a : b;
}
