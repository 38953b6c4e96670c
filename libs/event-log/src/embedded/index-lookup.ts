/** Questions to an index in parts. Newest first: what is asked for is most often there. */
import { NO_STREAM } from '../port.ts';
import { NOWHERE, type IndexPart, type RevisionSpan } from './index-part.ts';
import type { Key } from './key.ts';

/** Where the event of this id stands, `NOWHERE` for an unknown id. */
export function positionOf(parts: readonly IndexPart[], id: Key): number {
  for (let i = parts.length - 1; i >= 0; i--) {
    const position = parts[i]!.positionOf(id);
    if (position !== NOWHERE) return position;
  }
  return NOWHERE;
}

/** Where the event of this id stands first, in a log that may hold an id more than once. */
export function firstPositionOf(parts: readonly IndexPart[], id: Key): number {
  for (const part of parts) {
    const position = part.positionOf(id);
    if (position !== NOWHERE) return position;
  }
  return NOWHERE;
}

/** The stream's last revision among events before `below`, `NO_STREAM` for none. */
export function lastRevision(parts: readonly IndexPart[], stream: Key, below: number): number {
  for (let i = parts.length - 1; i >= 0; i--) {
    const revision = parts[i]!.lastRevision(stream, below);
    if (revision !== NO_STREAM) return revision;
  }
  return NO_STREAM;
}

/** The positions of the stream's revisions within the span, at most `limit`, in the span's direction. */
export function streamPositions(parts: readonly IndexPart[], stream: Key, span: RevisionSpan, limit: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < parts.length && found.length < limit; i++) {
    const part = parts[span.backwards ? parts.length - 1 - i : i]!;
    part.positions(stream, span, limit - found.length, found);
  }
  return found;
}
