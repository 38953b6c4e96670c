import { NO_STREAM } from '../port.ts';
import { NOWHERE, type IndexPart, type RevisionSpan } from './index-part.ts';
import { idKey, newKey, streamKeyOfBytes, type Key } from './key.ts';
import { HEADER_BYTES, idWordsAt, revisionAt, streamBytesAt } from './record.ts';

const FIRST_CAPACITY = 1024;
const NONE = -1;

/** Open addressing over entries whose keys lie four words each in `keys`. */
class KeyTable {
  keys = new Uint32Array(4 * FIRST_CAPACITY);
  /** Entry number plus one; 0 for a free slot. Twice as many as entries fit. */
  #slots = new Int32Array(2 * FIRST_CAPACITY);
  count = 0;

  get capacity(): number {
    return this.#slots.length >>> 1;
  }

  get memory(): number {
    return this.keys.byteLength + this.#slots.byteLength;
  }

  /** The entry with this key, `NONE` when there is none. */
  find(key: Key): number {
    const mask = this.#slots.length - 1;
    for (let slot = key[0]! & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1;
      if (entry === NONE) return NONE;
      const at = 4 * entry;
      const keys = this.keys;
      if (keys[at] === key[0] && keys[at + 1] === key[1] && keys[at + 2] === key[2] && keys[at + 3] === key[3])
        return entry;
    }
  }

  /** A new entry for a key that is not in here. */
  add(key: Key): number {
    if (this.count === this.capacity) {
      const keys = new Uint32Array(8 * this.capacity);
      keys.set(this.keys);
      this.keys = keys;
      this.#slots = new Int32Array(2 * this.#slots.length);
      this.#place(this.count);
    }
    const entry = this.count++;
    this.keys.set(key, 4 * entry);
    this.#occupy(entry);
    return entry;
  }

  /** Forgets all entries from this one on. */
  truncate(count: number): void {
    this.#slots.fill(0);
    this.count = count;
    this.#place(count);
  }

  #place(count: number): void {
    for (let entry = 0; entry < count; entry++) this.#occupy(entry);
  }

  #occupy(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.keys[4 * entry]! & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry + 1;
  }
}

/** The index of a segment that has no run yet, in memory: some 60 bytes an event. */
export class TailIndex implements IndexPart {
  readonly from: number;
  readonly #ids = new KeyTable();
  readonly #streams = new KeyTable();
  /** The stream's last event in here. */
  #last = new Int32Array(FIRST_CAPACITY);
  #position = new Float64Array(FIRST_CAPACITY);
  #revision = new Uint32Array(FIRST_CAPACITY);
  #stream = new Int32Array(FIRST_CAPACITY);
  /** The event before it of the same stream in here, or `NONE`. */
  #previous = new Int32Array(FIRST_CAPACITY);
  readonly #key = newKey();
  readonly #words = newKey();

  constructor(from: number) {
    this.from = from;
  }

  get events(): number {
    return this.#ids.count;
  }

  get memory(): number {
    return this.#ids.memory + this.#streams.memory + this.#last.byteLength + 20 * this.#position.length;
  }

  /** Takes in the next event of the segment. */
  add(id: Key, stream: Key, revision: number, position: number): void {
    let home = this.#streams.find(stream);
    if (home === NONE) {
      home = this.#streams.add(stream);
      if (home === this.#last.length) this.#last = doubled(this.#last, new Int32Array(2 * home));
      this.#last[home] = NONE;
    }
    const event = this.#ids.add(id);
    if (event === this.#position.length) {
      this.#position = doubled(this.#position, new Float64Array(2 * event));
      this.#revision = doubled(this.#revision, new Uint32Array(2 * event));
      this.#stream = doubled(this.#stream, new Int32Array(2 * event));
      this.#previous = doubled(this.#previous, new Int32Array(2 * event));
    }
    this.#position[event] = position;
    this.#revision[event] = revision;
    this.#stream[event] = home;
    this.#previous[event] = this.#last[home]!;
    this.#last[home] = event;
  }

  /** Takes in the record that stands at `at` of the buffer and at `position` of the log. */
  addRecord(buffer: Buffer, at: number, position: number): void {
    const id = idKey(idWordsAt(buffer, at, this.#words), this.#words);
    this.add(
      id,
      streamKeyOfBytes(buffer, at + HEADER_BYTES, streamBytesAt(buffer, at), this.#key),
      revisionAt(buffer, at),
      position,
    );
  }

  /** Forgets all events at or after a position. */
  truncate(position: number): void {
    let events = this.events;
    while (events > 0 && this.#position[events - 1]! >= position) {
      events--;
      this.#last[this.#stream[events]!] = this.#previous[events]!;
    }
    let streams = this.#streams.count;
    while (streams > 0 && this.#last[streams - 1] === NONE) streams--;
    this.#ids.truncate(events);
    this.#streams.truncate(streams);
  }

  positionOf(id: Key): number {
    const event = this.#ids.find(id);
    return event === NONE ? NOWHERE : this.#position[event]!;
  }

  lastRevision(stream: Key, below: number): number {
    let event = this.#lastOf(stream);
    while (event !== NONE && this.#position[event]! >= below) event = this.#previous[event]!;
    return event === NONE ? NO_STREAM : this.#revision[event]!;
  }

  positions(stream: Key, span: RevisionSpan, limit: number, into: number[]): void {
    const found: number[] = [];
    for (
      let event = this.#lastOf(stream);
      event !== NONE && this.#revision[event]! >= span.lowest;
      event = this.#previous[event]!
    ) {
      if (this.#revision[event]! <= span.highest) found.push(this.#position[event]!);
      if (span.backwards && found.length === limit) break;
    }
    if (!span.backwards) found.reverse();
    for (const position of found.slice(0, limit)) into.push(position);
  }

  #lastOf(stream: Key): number {
    const home = this.#streams.find(stream);
    return home === NONE ? NONE : this.#last[home]!;
  }
}

function doubled<T extends Int32Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
