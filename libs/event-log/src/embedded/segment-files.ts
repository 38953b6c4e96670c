/**
 * The segment files of a log: `log-<base>.seg`, named by the logical offset of their first byte, so that any offset is found
 * by its name alone. A segment holds records and nothing else, and each begins where the last one ends.
 */
import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ThroughlineError } from '@throughline/contracts';
import { readFullySync } from './bytes.ts';
import { MIN_RECORD_BYTES, areSound, recordLength } from './record.ts';

const NAME = /^log-([0-9a-f]{16})\.seg$/;
const MAX_OPEN = 64;
const FIRST_READ = 2048;

export class SegmentFiles {
  readonly dir: string;
  #bases: number[] = [];
  /** Files open for single reads, least recently used first. */
  readonly #open = new Map<number, number>();
  readonly #scratch = Buffer.allocUnsafeSlow(FIRST_READ);

  constructor(dir: string) {
    this.dir = dir;
    this.refresh();
  }

  /** Ascending. */
  get bases(): readonly number[] {
    return this.#bases;
  }

  path(base: number): string {
    return join(this.dir, `log-${base.toString(16).padStart(16, '0')}.seg`);
  }

  /** Looks which segments there are now. */
  refresh(): void {
    let names: string[] = [];
    try {
      names = readdirSync(this.dir);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    this.#bases = names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map((base) => Number.parseInt(base, 16))
      .sort((a, b) => a - b);
  }

  /** A new segment was begun. */
  add(base: number): void {
    this.#bases.push(base);
  }

  /** The base of the segment that an offset stands in, as far as known; undefined before the first. */
  baseOf(offset: number): number | undefined {
    let low = 0;
    let high = this.#bases.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#bases[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#bases[low - 1];
  }

  /** Where the segment ends, undefined for the last one known. */
  endOf(base: number): number | undefined {
    return this.#bases[this.#bases.indexOf(base) + 1];
  }

  /**
   * The whole record at an offset, checked, in a buffer of its own.
   *
   * @throws ThroughlineError `invalid-request` when no record begins there, `log-corrupt` when it is damaged.
   */
  record(offset: number): Buffer {
    const record = this.peek(offset);
    return record.buffer === this.#scratch.buffer ? Buffer.from(record) : record;
  }

  /** The same for a brief look: good until the next one. */
  peek(offset: number): Buffer {
    const known = this.readAt(offset, this.#scratch);
    const length = known < MIN_RECORD_BYTES ? 0 : recordLength(this.#scratch, 0, offset);
    if (length === 0) throw new ThroughlineError('invalid-request', `No event stands at ${offset.toString(16)}.`);
    let record = this.#scratch;
    if (length > known) {
      record = Buffer.allocUnsafeSlow(length);
      this.readAt(offset, record);
    }
    if (!areSound(record, 0, length)) throw damaged(this.path(this.baseOf(offset)!), offset);
    return record.subarray(0, length);
  }

  /** The checksum of the record that ends at an offset. */
  checksumBefore(offset: number): number {
    const bytes = Buffer.alloc(4);
    this.readAt(offset - 4, bytes);
    return bytes.readUInt32LE();
  }

  close(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  /** Fills the buffer from an offset on, as far as its segment goes; returns how many bytes there were. */
  readAt(offset: number, buffer: Buffer): number {
    let base = this.baseOf(offset);
    let bytes = base === undefined ? 0 : readFullySync(this.#fd(base), buffer, buffer.length, offset - base);
    if (bytes === 0) {
      this.refresh();
      base = this.baseOf(offset);
      bytes = base === undefined ? 0 : readFullySync(this.#fd(base), buffer, buffer.length, offset - base);
    }
    return bytes;
  }

  #fd(base: number): number {
    let fd = this.#open.get(base);
    if (fd === undefined) {
      fd = openSync(this.path(base), 'r');
      if (this.#open.size >= MAX_OPEN) {
        const [oldest, oldestFd] = this.#open.entries().next().value!;
        closeSync(oldestFd);
        this.#open.delete(oldest);
      }
    } else this.#open.delete(base);
    this.#open.set(base, fd);
    return fd;
  }
}

/** The error for bytes that were durable once and are not what they were. */
export function damaged(path: string, offset: number): ThroughlineError {
  return new ThroughlineError('log-corrupt', `${path}, at position ${offset.toString(16).padStart(16, '0')}.`);
}
