import type { Key } from './key.ts';

/** No place in the log: before the first record. */
export const NOWHERE = -1;

/**
 * The index of one contiguous piece of the log: which ids stand in it, and which revisions of which streams. A log's parts,
 * in order, cover it all; a stream's revisions rise from part to part.
 */
export interface IndexPart {
  /** The offset that the piece begins at. */
  readonly from: number;
  readonly events: number;
  /** Bytes of memory that it takes. */
  readonly memory: number;
  /** Where the event of this id stands, `NOWHERE` when not in here. */
  positionOf(id: Key): number;
  /** The stream's last revision among events before `below`, `NO_STREAM` when none is in here. */
  lastRevision(stream: Key, below: number): number;
  /** Appends to `into` the positions of the stream's revisions within the span, at most `limit`, in the span's direction. */
  positions(stream: Key, span: RevisionSpan, limit: number, into: number[]): void;
}

/** Revisions from the lowest to the highest, both inclusive, taken upwards or downwards. */
export interface RevisionSpan {
  readonly lowest: number;
  readonly highest: number;
  readonly backwards: boolean;
}

/** A file of an index is not what was written. Indexes are derived: whoever meets this rebuilds it. */
export class IndexDamaged extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`The index ${path} is damaged and will be rebuilt.`);
    this.path = path;
  }
}
