/**
 * Finds the records of a copy by the positions of the log that it comes from. Those rise with the places, and a record is
 * known by its header, which names its own place: so a place is found by halving, over pages of bytes, without an index.
 */
import { problemCode, START, ThroughlineError, type Position } from '@throughline/contracts';
import { NOWHERE } from './index-part.ts';
import type { Naming } from './naming.ts';
import { isOriginPosition, originPosition } from './origin.ts';
import { HEADER_BYTES, recordLength } from './record.ts';
import { damaged, type SegmentFiles } from './segment-files.ts';

const PAGE_BYTES = 64 * 1024;
/** What is known of pages; they never change, so the halving soon reads nothing but its last page. */
const MAX_KNOWN = 16_384;

/** The first record that begins in or after a page. */
interface PageStart {
  readonly place: number;
  readonly name: Position;
}

export function namedByOrigin(files: SegmentFiles): Naming {
  const known = new Map<number, PageStart>();

  /** The record at a place where there is one. */
  function recordAt(place: number): Buffer {
    try {
      return files.peek(place);
    } catch (error) {
      throw problemCode(error) === 'invalid-request' ? damaged(files.path(files.baseOf(place) ?? 0), place) : error;
    }
  }

  function nameAt(place: number): Position {
    return originPosition(recordAt(place), 0);
  }

  /** The first record that begins at or after `from` and before `end`, both within one segment. */
  function firstFrom(from: number, end: number): PageStart | undefined {
    const found = known.get(from);
    if (found) return found.place < end ? found : undefined;
    const place = recordFrom(files, from, end);
    if (place === undefined) return undefined;
    const first = { place, name: nameAt(place) };
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(from, first);
    return first;
  }

  /** The first record of the segment that is not `before`, `end` when there is none. */
  function within(base: number, end: number, before: (name: Position) => boolean): number {
    let low = 0;
    let high = Math.ceil((end - base) / PAGE_BYTES);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = firstFrom(base + middle * PAGE_BYTES, end);
      if (first !== undefined && before(first.name)) low = middle + 1;
      else high = middle;
    }
    const start = low === 0 ? undefined : firstFrom(base + (low - 1) * PAGE_BYTES, end);
    for (let place = start?.place ?? base; place < end;) {
      const record = recordAt(place);
      if (!before(originPosition(record, 0))) return place;
      place += record.length;
    }
    return end;
  }

  /** The first record that is not `before`, as all are from there on; `end` when there is none. */
  function search(end: number, before: (name: Position) => boolean): number {
    if (files.bases.length === 0) files.refresh();
    const bases = files.bases.filter((base) => base < end);
    let low = 0;
    let high = bases.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = firstFrom(bases[middle]!, end);
      if (first !== undefined && before(first.name)) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : within(bases[low - 1]!, Math.min(end, bases[low] ?? end), before);
  }

  const placeAfter = (position: Position, end: number) => {
    if (position === START) return 0;
    check(position);
    return search(end, (name) => name <= position);
  };

  return {
    nameAt,
    placeAfter,
    boundOf: placeAfter,
    placeOf(position, end) {
      if (position === START) return NOWHERE;
      check(position);
      const place = search(end, (name) => name < position);
      return place < end && nameAt(place) === position ? place : NOWHERE;
    },
  };
}

/** Where the first record at or after `from` begins. */
function recordFrom(files: SegmentFiles, from: number, end: number): number | undefined {
  const room = Buffer.allocUnsafeSlow(PAGE_BYTES + HEADER_BYTES);
  for (let page = from; page < end; page += PAGE_BYTES) {
    const bytes = files.readAt(page, room);
    const last = Math.min(PAGE_BYTES - 1, bytes - HEADER_BYTES, end - 1 - page);
    for (let at = 0; at <= last; at++) if (recordLength(room, at, page + at) !== 0) return page + at;
    if (bytes < HEADER_BYTES) break;
  }
  return undefined;
}

function check(position: Position): void {
  if (!isOriginPosition(position))
    throw new ThroughlineError('invalid-request', `Not a position of this log: ${JSON.stringify(position)}.`);
}
