/** Positions of the embedded log: a record's logical byte offset, as text whose order is the order of the log. */
import { START, type Position, ThroughlineError } from '@throughline/contracts';
import { NOWHERE } from './index-part.ts';

const TEXT = /^[0-9a-f]{16}$/;

/** Sixteen lower-case hex digits of a byte offset; `START` for `NOWHERE`. */
export function placeToText(place: number): Position {
  return place === NOWHERE ? START : (place.toString(16).padStart(16, '0') as Position);
}

/**
 * The byte offset that a position names; `NOWHERE` for `START`.
 *
 * @throws ThroughlineError `invalid-request` when it is not a position of an embedded log.
 */
export function placeFromText(position: Position): number {
  if (position === START) return NOWHERE;
  const place = TEXT.test(position) ? Number.parseInt(position, 16) : Number.NaN;
  if (!Number.isSafeInteger(place))
    throw new ThroughlineError('invalid-request', `Not a position of this log: ${JSON.stringify(position)}.`);
  return place;
}
