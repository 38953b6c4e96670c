/** What a crash may leave: the tail of the last segment. */
import { NOWHERE } from './index-part.ts';
import { readFile } from 'node:fs/promises';
import type { Mark } from './mark.ts';
import {
  areSound,
  HEADER_BYTES,
  MIN_RECORD_BYTES,
  isLastAt,
  ordinalAt,
  recordLength,
  settledAt,
  startsOf,
} from './record.ts';
import { damaged } from './segment-files.ts';
import { TailIndex } from './tail-index.ts';

/** The sound part of a log's last segment. */
export interface Recovered {
  readonly index: TailIndex;
  /** The offset after the last whole append. */
  readonly end: number;
  /** Where the last record begins, `NOWHERE` when the segment has none. */
  readonly last: number;
  /** How many bytes follow that were never acknowledged and are to be cut off. */
  readonly torn: number;
}

/**
 * Reads a log's last segment and finds where its sound part ends: before the first append that is incomplete or damaged.
 *
 * That may be the write that a crash interrupted, which nobody was told of; its bytes reach the disk in any order. Or it is
 * damage to what was durable. It is that for certain when a sound record follows that was written after that place had
 * settled, or that begins another append which the mark covers: then nothing is cut.
 *
 * @param mark how far the log was durable at least, as far as is known.
 * @throws ThroughlineError `log-corrupt`.
 */
export async function recoverSegment(path: string, base: number, mark: Mark): Promise<Recovered> {
  const buffer = await readFile(path);
  const starts = startsOf(buffer, buffer.length, base);
  const { end, committed } = soundPart(buffer, starts, base);
  if (end < buffer.length) refuseDamage(buffer, end, base, mark, path);
  const index = new TailIndex(base);
  for (let i = 0; i < committed; i++) index.addRecord(buffer, starts[i]!, base + starts[i]!);
  const last = starts[committed - 1];
  return { index, end: base + end, last: last === undefined ? NOWHERE : base + last, torn: buffer.length - end };
}

/** How far whole, sound appends go, in bytes and in records. */
function soundPart(buffer: Buffer, starts: readonly number[], base: number): { end: number; committed: number } {
  const lastStart = starts[starts.length - 1];
  const readable = lastStart === undefined ? 0 : lastStart + recordLength(buffer, lastStart, base + lastStart);
  const allSound = areSound(buffer, 0, readable);
  let end = 0;
  let committed = 0;
  /** The place that the next record must have in its append. */
  let ordinal = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    const next = starts[i + 1] ?? readable;
    if (!allSound && !areSound(buffer, start, next)) break;
    if (ordinalAt(buffer, start) !== ordinal++) break;
    if (!isLastAt(buffer, start)) continue;
    ordinal = 0;
    end = next;
    committed = i + 1;
  }
  return { end, committed };
}

function refuseDamage(buffer: Buffer, end: number, base: number, mark: Mark, path: string): void {
  for (let at = end + 1; at + MIN_RECORD_BYTES <= buffer.length; at++) {
    const length = at + HEADER_BYTES <= buffer.length ? recordLength(buffer, at, base + at) : 0;
    if (length === 0 || at + length > buffer.length || !areSound(buffer, at, at + length)) continue;
    const covered = ordinalAt(buffer, at) === 0 && mark.end >= base + at + length;
    if (covered || settledAt(buffer, at) > base + end) throw damaged(path, base + end);
  }
}
