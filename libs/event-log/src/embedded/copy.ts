/**
 * Writing a copy of another log in the embedded log's own format: what comes is appended as it comes, in the order of that
 * log, by one writer. Nothing is decided here, and nothing is truth: when in doubt, a copy is thrown away and made again.
 *
 *   write ─▶ in the file ─▶ mark, signal: readers see it ─▶ synced, now and then
 *
 * Invariants: origins rise; a copy is a prefix of what it copies; each record's chain follows from the one before. A crash of
 * the process loses nothing that was written; a crash of the machine may lose what was not synced, and it is copied again.
 */
import { mkdirSync } from 'node:fs';
import { START, type Position } from '@throughline/contracts';
import type { RecordedEvent } from '../port.ts';
import { Breath } from './breath.ts';
import { IndexKeeper } from './index-keeper.ts';
import { NOWHERE } from './index-part.ts';
import { MarkFile, readMark } from './mark-file.ts';
import { EMPTY_LOG } from './mark.ts';
import { nameOf } from './naming.ts';
import { chainAfter, chainAt, chains, FIRST_CHAIN, ORIGIN_BYTES } from './origin.ts';
import { copyLength, idBytesAt, sealRecords, writeCopy, type EventBytes } from './record.ts';
import { recoverSegment, type Recovered } from './recovery.ts';
import { Scan } from './scan.ts';
import { checkSealed, lastBefore } from './sealed-segments.ts';
import { damaged, SegmentFiles } from './segment-files.ts';
import { SegmentWriter } from './segment-writer.ts';
import { StoredEvent } from './stored-event.ts';
import { TailIndex } from './tail-index.ts';

const SEGMENT_BYTES = 64 * 1024 * 1024;
/** So much is written before the disk has to have it. */
const SYNC_BYTES = 16 * 1024 * 1024;

/** An event out of another log. */
export interface CopiedEvent extends Omit<EventBytes, 'origin'> {
  readonly revision: number;
  readonly recordedAt: number;
  /** Its position there: two numbers of 64 bits, big-endian. */
  readonly position: Uint8Array;
}

export interface CopyOptions {
  /** The folder; made when it is not there. Nobody else writes to it. */
  readonly dir: string;
  readonly segmentBytes?: number | undefined;
}

/** The one writer of a copy. */
export class Copy {
  readonly #files: SegmentFiles;
  readonly #segment: SegmentWriter;
  readonly #keeper: IndexKeeper;
  readonly #markFile: MarkFile;
  readonly #segmentBytes: number;
  #end: number;
  #last: number;
  #synced: number;
  #head: Position;
  #buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  readonly #origin = Buffer.alloc(ORIGIN_BYTES);
  /** The chain of the last record. */
  readonly #chain: Buffer;

  private constructor(
    parts: { files: SegmentFiles; segment: SegmentWriter; keeper: IndexKeeper; markFile: MarkFile },
    segmentBytes: number,
    { end, last }: Recovered,
  ) {
    this.#files = parts.files;
    this.#segment = parts.segment;
    this.#keeper = parts.keeper;
    this.#markFile = parts.markFile;
    this.#segmentBytes = segmentBytes;
    this.#end = this.#synced = end;
    this.#last = last;
    const record = last === NOWHERE ? undefined : this.#files.record(last);
    this.#head = record ? nameOf(record, 0) : START;
    this.#chain = Buffer.from(record ? chainAt(record, 0) : FIRST_CHAIN);
    this.#markFile.write({ end, last });
  }

  /**
   * Opens the copy of a folder, or begins one: cuts off what a crash left unfinished.
   *
   * @throws ThroughlineError `log-corrupt` when it is in doubt.
   */
  static async open({ dir, segmentBytes = SEGMENT_BYTES }: CopyOptions): Promise<Copy> {
    mkdirSync(dir, { recursive: true });
    const files = new SegmentFiles(dir);
    const opened: (() => unknown)[] = [() => files.close()];
    try {
      checkSealed(files);
      const recovered = await recover(files);
      const segment = await SegmentWriter.open(files, recovered.index.from, recovered.end);
      opened.push(() => segment.close());
      const keeper = await IndexKeeper.open(files, recovered.index);
      opened.push(() => keeper.close());
      const markFile = new MarkFile(dir);
      return new Copy({ files, segment, keeper, markFile }, segmentBytes, recovered);
    } catch (error) {
      for (const close of opened.reverse()) await close();
      throw error;
    }
  }

  /** The position of the last event, in the log that is copied; `START` when there is none. */
  get head(): Position {
    return this.#head;
  }

  /** The chain at the head, as text: two copies with the same head and chain are the same. */
  get chain(): string {
    return this.#chain.toString('hex');
  }

  get events(): number {
    return this.#keeper.events;
  }

  /** The last event, undefined when there is none. */
  lastEvent(): RecordedEvent | undefined {
    return this.#last === NOWHERE ? undefined : new StoredEvent(this.#files.record(this.#last), 0);
  }

  /** The first event, undefined when there is none. */
  firstEvent(): RecordedEvent | undefined {
    return this.#last === NOWHERE ? undefined : new StoredEvent(this.#files.record(0), 0);
  }

  /**
   * Appends events that follow the head, in their order; readers then see them.
   *
   * @throws the system's error, when the disk is full for one: close the copy then.
   */
  async write(events: readonly CopiedEvent[]): Promise<void> {
    if (events.length === 0) return;
    if (this.#end - this.#segment.base >= this.#segmentBytes) await this.#roll();
    const start = this.#end;
    let bytes = 0;
    for (const event of events) bytes += copyLength({ ...event, origin: this.#origin });
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(bytes);
    for (const event of events) this.#add(event, start);
    const length = this.#end - start;
    sealRecords(this.#buffer, 0, length, this.#synced);
    await this.#segment.put(this.#buffer, length, start);
    if (this.#end - this.#synced >= SYNC_BYTES) await this.sync();
    this.#head = nameOf(this.#buffer, this.#last - start);
    this.#markFile.write({ end: this.#end, last: this.#last });
  }

  /** Brings all that was written to the disk. */
  async sync(): Promise<void> {
    const end = this.#end;
    if (end === this.#synced) return;
    await this.#segment.sync();
    this.#synced = end;
  }

  /**
   * Reads the copy from its beginning to where it ends now, and checks every byte and the whole chain.
   *
   * @throws ThroughlineError `log-corrupt`.
   */
  async verify(signal: AbortSignal): Promise<void> {
    await verifyChain(this.#files, { from: 0, end: this.#end, chain: FIRST_CHAIN }, signal);
  }

  async close(): Promise<void> {
    await this.sync();
    this.#markFile.close();
    await this.#keeper.close();
    await this.#segment.close();
    this.#files.close();
  }

  async #roll(): Promise<void> {
    await this.sync();
    if (this.#keeper.full) await this.#keeper.room();
    await this.#segment.roll(this.#end);
    this.#keeper.roll(this.#end);
    this.#keeper.sealed(this.#end);
  }

  #add(event: CopiedEvent, start: number): void {
    const at = this.#end - start;
    const { revision, recordedAt } = event;
    this.#origin.set(event.position, 0);
    const place = { position: this.#end, revision, recordedAt, ordinal: 0, isLast: true };
    const length = writeCopy(this.#buffer, at, { ...event, origin: this.#origin }, place);
    chainAfter(this.#chain, event.position, idBytesAt(this.#buffer, at), this.#chain);
    chainAt(this.#buffer, at).set(this.#chain);
    this.#keeper.active.addRecord(this.#buffer, at, this.#end);
    this.#last = this.#end;
    this.#end += length;
  }
}

/** The sound part of the last segment, its chain checked against the segment before. */
async function recover(files: SegmentFiles): Promise<Recovered> {
  const base = files.bases[files.bases.length - 1];
  if (base === undefined) return { index: new TailIndex(0), end: 0, last: NOWHERE, torn: 0 };
  // What the mark covers was seen by readers, and need not have reached the disk: it is no evidence of damage here.
  const recovered = await recoverSegment(files.path(base), base, EMPTY_LOG);
  // Readers have a mark that never goes back, and there is none for an empty log.
  if (recovered.end === 0 && readMark(files.dir).end > 0) throw damaged(files.path(base), 0);
  const before = base === 0 ? NOWHERE : await lastBefore(files, base);
  const chain = before === NOWHERE ? FIRST_CHAIN : Buffer.from(chainAt(files.record(before), 0));
  await verifyChain(files, { from: base, end: recovered.end, chain }, new AbortController().signal);
  return recovered.last === NOWHERE ? { ...recovered, last: before } : recovered;
}

async function verifyChain(
  files: SegmentFiles,
  { from, end, chain }: { from: number; end: number; chain: Uint8Array },
  signal: AbortSignal,
): Promise<void> {
  const scan = new Scan(files, from);
  const breath = new Breath();
  let before = chain;
  let position = '';
  try {
    for (let chunk = await scan.next(end); chunk && !signal.aborted; chunk = await scan.next(end)) {
      for (const start of chunk.starts) {
        const name = nameOf(chunk.buffer, start);
        if (name <= position || !chains(before, chunk.buffer, start))
          throw damaged(files.path(files.baseOf(chunk.base)!), chunk.base + start);
        position = name;
        before = chainAt(chunk.buffer, start);
        if (breath.due) await breath.take();
      }
    }
  } finally {
    await scan.close();
  }
}
