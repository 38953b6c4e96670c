/** From places, which are byte offsets, to positions, which are what the outside calls them, and back. */
import type { Position } from '@throughline/contracts';
import { NOWHERE } from './index-part.ts';
import { originPosition } from './origin.ts';
import { placeFromText, placeToText } from './place.ts';
import { isCopyAt, positionAt } from './record.ts';
import type { SegmentFiles } from './segment-files.ts';

/** The position of a record: its place; of a copy, its position in the log that it comes from. */
export function nameOf(buffer: Buffer, at: number): Position {
  return isCopyAt(buffer, at) ? originPosition(buffer, at) : placeToText(positionAt(buffer, at));
}

/** Finds places by their positions, in the part of a log before `end`. */
export interface Naming {
  /** The position of the record that begins at a place. */
  nameAt(place: number): Position;
  /** Where the first record after the position begins; `end` when there is none. */
  placeAfter(position: Position, end: number): number;
  /** A bound: the records at or before the position are those that begin before it. */
  boundOf(position: Position, end: number): number;
  /**
   * Where the record with this position begins; `NOWHERE` when there cannot be one.
   *
   * @throws ThroughlineError `invalid-request` for what is no position of this log.
   */
  placeOf(position: Position, end: number): number;
}

/** The naming of a log of its own. */
export function namedByPlace(files: SegmentFiles): Naming {
  return {
    nameAt: placeToText,
    placeAfter(position, end) {
      const place = placeFromText(position);
      if (place === NOWHERE) return 0;
      return place >= end ? end : place + files.peek(place).length;
    },
    boundOf: (position) => placeFromText(position) + 1,
    placeOf(position, end) {
      const place = placeFromText(position);
      return place >= end ? NOWHERE : place;
    },
  };
}
