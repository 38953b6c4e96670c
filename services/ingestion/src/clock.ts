import { parseTime, type TouchpointInput } from '@throughline/contracts';

/** A sender's clock that is off by less is as right as a network lets us see. */
const SKEW_TOLERANCE_MS = 2_000;
/** What is further ahead than this has not happened yet. */
const FUTURE_TOLERANCE_MS = 5 * 60_000;

export interface Occurred {
  /** Epoch milliseconds. */
  readonly at: number;
  /** `sentat` led to another time than the one sent. */
  readonly moved: boolean;
  /** The sender's clock was off by more than a network explains. */
  readonly corrected: boolean;
  /** In the future even so: flagged, never rewritten. */
  readonly future: boolean;
}

/**
 * When it happened by our clock. A sender that says when it sent shows how its clock stands to ours:
 * `receivedAt − (sentat − time)` (Segment's tracking specification). Times are those of a valid touchpoint.
 */
export function occurred(input: Pick<TouchpointInput, 'time' | 'sentat'>, receivedAt: number): Occurred {
  const time = parseTime(input.time)!;
  const sent = input.sentat === undefined ? undefined : parseTime(input.sentat)!;
  const at = sent === undefined ? time : receivedAt - (sent - time);
  return {
    at,
    moved: at !== time,
    corrected: sent !== undefined && Math.abs(receivedAt - sent) > SKEW_TOLERANCE_MS,
    future: at > receivedAt + FUTURE_TOLERANCE_MS,
  };
}
