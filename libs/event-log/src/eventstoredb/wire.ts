/**
 * Reading the protocol's answers, byte by byte: only what a log needs, without making an object for each field. The client's
 * own decoder takes three times as long, and a mirror has nothing else to do.
 */

/** An event as the server sent it. The bytes are views of the message. */
export interface RawEvent {
  id: string;
  stream: Buffer;
  revision: number;
  type: Buffer;
  /** Commit and prepare position, big-endian. */
  position: Buffer;
  isJson: boolean;
  /** When the server recorded it, epoch milliseconds. */
  recordedAt: number;
  metadata: Buffer;
  data: Buffer;
}

export type ReadAnswer =
  | { readonly kind: 'event'; readonly event: RawEvent }
  /** All events at or before this position that the filter selects were sent. */
  | { readonly kind: 'checkpoint'; readonly position: Buffer }
  | { readonly kind: 'caught-up' | 'stream-not-found' | 'other' };

const EMPTY = Buffer.alloc(0);
const OTHER: ReadAnswer = { kind: 'other' };
const CAUGHT_UP: ReadAnswer = { kind: 'caught-up' };
const NOT_FOUND: ReadAnswer = { kind: 'stream-not-found' };
const JSON_TYPE = 'application/json';

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** Steps through the fields of one message. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;
  #wire = VARINT;
  /** The number of the field last stepped to. */
  field = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    const tag = this.#varint();
    this.field = tag >>> 3;
    this.#wire = tag & 7;
    return true;
  }

  bytes(): Buffer {
    if (this.#wire !== BYTES) {
      this.skip();
      return EMPTY;
    }
    const length = this.#varint();
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Error('The message ends within a field.');
    return this.#bytes.subarray(start, this.#at);
  }

  /** An unsigned number below 2^53. */
  number(): number {
    return this.#wire === VARINT ? this.#varint() : (this.skip(), 0);
  }

  /** An unsigned number of 64 bits, big-endian, into a buffer. */
  uint64(into: Buffer, at: number): void {
    let low = 0;
    let high = 0;
    let shift = 0;
    for (;;) {
      const byte = this.#bytes[this.#at++]!;
      const seven = byte & 0x7f;
      if (shift < 28) low |= seven << shift;
      else if (shift === 28) {
        low |= (seven & 0xf) << 28;
        high = seven >>> 4;
      } else high |= seven << (shift - 32);
      if ((byte & 0x80) === 0) break;
      shift += 7;
    }
    into.writeUInt32BE(high >>> 0, at);
    into.writeUInt32BE(low >>> 0, at + 4);
  }

  skip(): void {
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === FIXED_64) this.#at += 8;
    else if (this.#wire === FIXED_32) this.#at += 4;
    else if (this.#wire === BYTES) this.bytes();
    else throw new Error('The message has a field of an unknown kind.');
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('The message ends within a number.');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }
}

/** An answer of `Streams.Read`. */
export function readAnswer(message: Buffer): ReadAnswer {
  const fields = new Fields(message);
  let answer = OTHER;
  while (fields.next()) {
    if (fields.field === 1) {
      const event = resolvedEvent(fields.bytes());
      if (event) answer = { kind: 'event', event };
    } else if (fields.field === 3) answer = { kind: 'checkpoint', position: positionIn(fields.bytes(), 1, 2) };
    else if (fields.field === 4) {
      fields.skip();
      answer = NOT_FOUND;
    } else if (fields.field === 8) {
      fields.skip();
      answer = CAUGHT_UP;
    } else fields.skip();
  }
  return answer;
}

function resolvedEvent(bytes: Buffer): RawEvent | undefined {
  const fields = new Fields(bytes);
  let event: RawEvent | undefined;
  while (fields.next()) {
    if (fields.field === 1) event = recordedEvent(fields.bytes());
    else fields.skip();
  }
  return event;
}

function recordedEvent(bytes: Buffer): RawEvent {
  const position = Buffer.allocUnsafe(16);
  const event: RawEvent = {
    id: '',
    stream: EMPTY,
    revision: 0,
    type: EMPTY,
    position,
    isJson: false,
    recordedAt: 0,
    metadata: EMPTY,
    data: EMPTY,
  };
  position.fill(0);
  const fields = new Fields(bytes);
  while (fields.next()) {
    if (fields.field === 1) event.id = stringIn(fields.bytes(), 2);
    else if (fields.field === 2) event.stream = bytesIn(fields.bytes(), 3);
    else if (fields.field === 3) event.revision = fields.number();
    else if (fields.field === 4) fields.uint64(position, 8);
    else if (fields.field === 5) fields.uint64(position, 0);
    else if (fields.field === 6) readProperty(fields.bytes(), event);
    else if (fields.field === 7) event.metadata = fields.bytes();
    else if (fields.field === 8) event.data = fields.bytes();
    else fields.skip();
  }
  return event;
}

/** One of the properties that the server keeps as a map: type, content type, and when it was recorded. */
function readProperty(bytes: Buffer, event: RawEvent): void {
  const fields = new Fields(bytes);
  let key = '';
  let value: Buffer = EMPTY;
  while (fields.next()) {
    if (fields.field === 1) key = fields.bytes().toString('latin1');
    else if (fields.field === 2) value = fields.bytes();
    else fields.skip();
  }
  if (key === 'type') event.type = value;
  else if (key === 'content-type') event.isJson = value.toString('latin1') === JSON_TYPE;
  // Ticks of 100 nanoseconds: more digits than a number holds, so the last four go first.
  else if (key === 'created') event.recordedAt = Number(value.toString('latin1', 0, Math.max(0, value.length - 4)));
}

function positionIn(bytes: Buffer, commit: number, prepare: number): Buffer {
  const position = Buffer.alloc(16);
  const fields = new Fields(bytes);
  while (fields.next()) {
    if (fields.field === commit) fields.uint64(position, 0);
    else if (fields.field === prepare) fields.uint64(position, 8);
    else fields.skip();
  }
  return position;
}

function bytesIn(bytes: Buffer, field: number): Buffer {
  const fields = new Fields(bytes);
  let found: Buffer = EMPTY;
  while (fields.next()) {
    if (fields.field === field) found = fields.bytes();
    else fields.skip();
  }
  return found;
}

function stringIn(bytes: Buffer, field: number): string {
  return bytesIn(bytes, field).toString('latin1');
}
