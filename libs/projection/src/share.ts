import { TOUCHPOINT_PREFIX } from '@throughline/contracts';
import { digitsOf, partOf, type Neighbours, type Part } from '@throughline/read-model';

/** The share of a version that one writer of several has, and how it meets the others. */
export interface Share {
  readonly part: Part;
  readonly neighbours: Neighbours;
}

/** Whether a subject or a customer belongs to the share; undefined: there is one writer, and everything is its own. */
export function isOwn(share: Share | undefined, id: string): boolean {
  return share === undefined || partOf(id, share.part.of) === share.part.index;
}

/** The streams of the share's own touchpoints, by the beginnings of their names. */
export function ownStreams(share: Share | undefined): readonly string[] {
  return share === undefined ? [TOUCHPOINT_PREFIX] : digitsOf(share.part).map((digit) => TOUCHPOINT_PREFIX + digit);
}
