import { NOWHERE } from './index-part.ts';
import { mkdirSync } from 'node:fs';
import type { EventLog } from '../port.ts';
import { IndexKeeper } from './index-keeper.ts';
import { takeLock } from './lock.ts';
import { MarkFile, readMark } from './mark-file.ts';
import { recoverSegment, type Recovered } from './recovery.ts';
import { checkSealed, lastBefore } from './sealed-segments.ts';
import { positionOf } from './index-lookup.ts';
import { namedByPlace } from './naming.ts';
import { SegmentFiles } from './segment-files.ts';
import { segmentReader } from './segment-reader.ts';
import { SegmentWriter } from './segment-writer.ts';
import { newSignal, SignalWatch, type LogSignal } from './signal.ts';
import { TailIndex } from './tail-index.ts';
import { Writer } from './writer.ts';

const SEGMENT_BYTES = 64 * 1024 * 1024;

export interface LogOptions {
  /** The folder; made when it is not there. */
  readonly dir: string;
  /** A segment is sealed by the first append that finds it this big; 64 MiB unless told. */
  readonly segmentBytes?: number;
}

/** Figures for metrics. */
export interface LogStats {
  readonly events: number;
  readonly bytes: number;
  readonly segments: number;
  /** Bytes of index held in memory: some 60 an event of the newest segment, at most 4 an event of all others. */
  readonly indexMemory: number;
  /** Bytes that wait for the disk. */
  readonly queued: number;
  /** Bytes after the last whole append that were cut off when the log was opened: what a crash interrupted. */
  readonly torn: number;
}

export interface EmbeddedLog extends EventLog {
  /** Wakes readers in other threads of this process. */
  readonly signal: LogSignal;
  stats(): LogStats;
}

/**
 * Opens the log of a folder for writing: cuts off what a crash left unfinished, and makes indexes that are missing.
 *
 * @throws ThroughlineError `log-locked` when somebody has it open already, `log-corrupt` when it is damaged before its tail.
 */
export async function openLog({ dir, segmentBytes = SEGMENT_BYTES }: LogOptions): Promise<EmbeddedLog> {
  mkdirSync(dir, { recursive: true });
  const lock = await takeLock(dir);
  const opened: (() => unknown)[] = [() => lock.release()];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const files = new SegmentFiles(dir);
    opened.push(() => files.close());
    checkSealed(files);
    const recovered = await recoverLast(files);
    const { end, last } = recovered;
    const segment = await SegmentWriter.open(files, recovered.index.from, end);
    opened.push(() => segment.close());
    const keeper = await IndexKeeper.open(files, recovered.index);
    opened.push(() => keeper.close());
    const markFile = new MarkFile(dir);
    opened.push(() => markFile.close());
    const mark = { end, last };
    markFile.write(mark);
    const signal = newSignal(mark);
    const watch = new SignalWatch(signal);
    opened.push(() => watch.close());
    const writer = new Writer({ lock, segment, keeper, markFile, signal, mark, segmentBytes });
    const reader = segmentReader({
      files,
      watch,
      naming: namedByPlace(files),
      placeOfId: positionOf,
      indexed: async () => undefined,
      parts: () => keeper.parts,
      repair: (path) => keeper.repair(path),
    });
    return {
      ...reader,
      append: (appends) => writer.append(appends),
      signal,
      stats: () => ({
        events: keeper.events,
        bytes: watch.mark().end,
        segments: files.bases.length,
        indexMemory: keeper.memory,
        queued: writer.queued,
        torn: recovered.torn,
      }),
      async close() {
        await writer.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The sound part of the last segment; of an empty log, its first. */
async function recoverLast(files: SegmentFiles): Promise<Recovered> {
  const base = files.bases[files.bases.length - 1];
  if (base === undefined) return { index: new TailIndex(0), end: 0, last: NOWHERE, torn: 0 };
  const recovered = await recoverSegment(files.path(base), base, readMark(files.dir));
  if (recovered.last !== NOWHERE || base === 0) return recovered;
  return { ...recovered, last: await lastBefore(files, base) };
}
