/** Appends that go to disk as one write and one sync. */
import { recordBound, sealRecords, writeRecord, type EventText, type RecordPlace } from './record.ts';

const FIRST_BYTES = 256 * 1024;
/** A buffer that has grown beyond it is not kept for the next group. */
const KEPT_BYTES = 8 * 1024 * 1024;

export class Group {
  /** The segment that it goes to, by its base. */
  readonly segment: number;
  /** Where its first byte stands in the log. */
  readonly start: number;
  /** Settled once the group is durable, or will never be. */
  readonly done: Promise<void>;
  #buffer: Buffer;
  #length = 0;
  #last: number;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;

  constructor(segment: number, start: number, buffer: Buffer | undefined) {
    this.segment = segment;
    this.start = start;
    this.#last = start;
    this.#buffer = buffer ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever waits is told; a group that nobody waits for yet must not end the process.
    this.done.catch(() => undefined);
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  get length(): number {
    return this.#length;
  }

  /** Where the next record will stand in the log. */
  get end(): number {
    return this.start + this.#length;
  }

  /** Where its last record stands in the log. */
  get last(): number {
    return this.#last;
  }

  /** Adds a record at `end`. */
  add(event: EventText, place: RecordPlace): void {
    this.#reserve(recordBound(place.stream, event));
    this.#last = place.position;
    this.#length += writeRecord(this.#buffer, this.#length, event, place);
  }

  /** Completes the records, now that all before the group is durable. */
  seal(): void {
    sealRecords(this.#buffer, 0, this.#length, this.start);
  }

  succeed(): void {
    this.#resolve();
  }

  fail(error: unknown): void {
    this.#reject(error);
  }

  /** Its buffer, for the next group, unless too big to keep. */
  reuse(): Buffer | undefined {
    return this.#buffer.length <= KEPT_BYTES ? this.#buffer : undefined;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const bigger = Buffer.allocUnsafeSlow(Math.max(2 * this.#buffer.length, this.#length + bytes));
    this.#buffer.copy(bigger, 0, 0, this.#length);
    this.#buffer = bigger;
  }
}
