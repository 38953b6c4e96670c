/** Reading the log in its order: large reads, whole records, verified a chunk at a time. */
import { close, open } from 'node:fs';
import { promisify } from 'node:util';
import { readFully } from './bytes.ts';
import { areSound, HEADER_BYTES, recordLength, startsOf } from './record.ts';
import { damaged, type SegmentFiles } from './segment-files.ts';

const CHUNK_BYTES = 1024 * 1024;
const openFile = promisify(open);
const closeFile = promisify(close);

/** Whole, sound records, the first of them at the log's offset `base`. */
export interface Chunk {
  readonly buffer: Buffer;
  readonly base: number;
  /** Where each record begins in the buffer, ascending. */
  readonly starts: readonly number[];
}

/** One pass over the log from an offset on. Close it when done. */
export class Scan {
  readonly #files: SegmentFiles;
  #offset: number;
  #segment: { readonly base: number; readonly fd: number } | undefined;

  constructor(files: SegmentFiles, offset: number) {
    this.#files = files;
    this.#offset = offset;
  }

  /** The offset up to which chunks were given out. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The next records, all of them before `end`, the durable end; undefined when there are none.
   *
   * @throws ThroughlineError `log-corrupt`.
   */
  async next(end: number): Promise<Chunk | undefined> {
    const base = this.#offset;
    if (base >= end) return undefined;
    let { buffer, bytes } = await this.#read(Math.min(CHUNK_BYTES, end - base));
    let starts = startsOf(buffer, bytes, base);
    if (starts.length === 0) {
      const length = bytes < HEADER_BYTES ? 0 : recordLength(buffer, 0, base);
      if (length <= bytes) throw this.#damaged(base);
      ({ buffer, bytes } = await this.#read(length));
      starts = startsOf(buffer, bytes, base);
    }
    const last = starts[starts.length - 1];
    if (last === undefined) throw this.#damaged(base);
    const used = last + recordLength(buffer, last, base + last);
    if (used < bytes && bytes - used >= HEADER_BYTES && recordLength(buffer, used, base + used) === 0)
      throw this.#damaged(base + used);
    if (!areSound(buffer, 0, used)) throw this.#damaged(firstUnsound(buffer, starts, base));
    this.#offset = base + used;
    return { buffer, base, starts };
  }

  async close(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    if (segment) await closeFile(segment.fd);
  }

  /** Reads from the offset on, within one segment. */
  async #read(wanted: number): Promise<{ buffer: Buffer; bytes: number }> {
    const buffer = Buffer.allocUnsafeSlow(wanted);
    for (const refreshed of [false, true]) {
      if (refreshed) this.#files.refresh();
      const segment = await this.#segmentOf(this.#offset);
      if (segment === undefined) continue;
      const segmentEnd = this.#files.endOf(segment.base) ?? Number.POSITIVE_INFINITY;
      const bytes = await readFully(
        segment.fd,
        buffer,
        Math.min(wanted, segmentEnd - this.#offset),
        this.#offset - segment.base,
      );
      if (bytes > 0) return { buffer, bytes };
    }
    throw this.#damaged(this.#offset);
  }

  async #segmentOf(offset: number): Promise<{ base: number; fd: number } | undefined> {
    const base = this.#files.baseOf(offset);
    if (base === undefined) return undefined;
    if (this.#segment?.base !== base) {
      await this.close();
      this.#segment = { base, fd: await openFile(this.#files.path(base), 'r') };
    }
    return this.#segment;
  }

  #damaged(offset: number) {
    return damaged(this.#files.path(this.#files.baseOf(offset) ?? 0), offset);
  }
}

function firstUnsound(buffer: Buffer, starts: readonly number[], base: number): number {
  const at = starts.find((start) => !areSound(buffer, start, start + recordLength(buffer, start, base + start)));
  return base + (at ?? 0);
}
