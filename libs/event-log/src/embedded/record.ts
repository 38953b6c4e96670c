/**
 * One event as bytes. Everything is little-endian but the id, which stands as it is written.
 *
 * | offset | bytes | what |
 * | ---: | ---: | --- |
 * | 0 | 4 | length of the whole record, checksum included |
 * | 4 | 1 | format, 1 |
 * | 5 | 1 | flags: 1 there is `personal`; 2 all text is ASCII; 4 the last of its append, which commits it |
 * | 6 | 2 | length of the type |
 * | 8 | 8 | position: the record's own logical offset, so bytes that lie elsewhere are no record |
 * | 16 | 8 | settled: everything before this offset was durable when the record was written |
 * | 24 | 4 | place within the append, from 0 |
 * | 28 | 4 | revision in the stream |
 * | 32 | 16 | id |
 * | 48 | 8 | occurredAt, epoch milliseconds, a double |
 * | 56 | 8 | recordedAt, the same |
 * | 64 | 2 | length of the stream's name |
 * | 66 | 2 | length of `origin`; 0 unless the record is a copy out of another log |
 * | 68 | 12 | lengths of `data`, `personal`, `metadata` |
 * | 80 | … | stream, type, `data`, `personal`, `metadata`: UTF-8, the last three JSON; then `origin`, as `origin.ts` has it |
 * | end−4 | 4 | CRC-32 of all before it |
 *
 * The checksum starts from `RESIDUE`, the value that CRC-32 takes after any bytes followed by their own checksum. So a row
 * of whole records, however long, is sound exactly if one pass from `RESIDUE` over all of it ends in `RESIDUE`: a scan
 * verifies a megabyte with one native call.
 */
import { isAscii } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { uuidWords } from './key.ts';

export const HEADER_BYTES = 80;
const CHECKSUM_BYTES = 4;
/** No record is shorter. */
export const MIN_RECORD_BYTES = HEADER_BYTES + CHECKSUM_BYTES;
const FORMAT = 1;
const HAS_PERSONAL = 1;
const IS_ASCII = 2;
const IS_LAST = 4;
const RESIDUE = 0x2144df1c;
const TWO_32 = 0x1_0000_0000;

/** An event, its JSON already text. */
export interface EventText {
  /** A UUID. */
  readonly id: string;
  readonly type: string;
  readonly occurredAt: number;
  readonly data: string;
  readonly personal: string | undefined;
  readonly metadata: string;
}

/** Where an event is to stand. */
export interface RecordPlace {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: number;
  /** Place within the append, from 0. */
  readonly ordinal: number;
  readonly isLast: boolean;
}

/** At most how many bytes the record takes. */
export function recordBound(stream: string, { type, data, personal, metadata }: EventText): number {
  return MIN_RECORD_BYTES + 3 * (stream.length + type.length + data.length + (personal?.length ?? 0) + metadata.length);
}

const idWords = new Uint32Array(4);

/** Writes a record, all but what `sealRecords` adds, and returns its length. The buffer has room for `recordBound` bytes. */
export function writeRecord(buffer: Buffer, at: number, event: EventText, place: RecordPlace): number {
  const { type, data, personal, metadata } = event;
  const { stream } = place;
  const body = at + HEADER_BYTES;
  const text = stream + type + data + (personal ?? '') + metadata;
  let bytes = buffer.write(text, body, 'utf8');
  let streamBytes = stream.length;
  let typeBytes = type.length;
  let dataBytes = data.length;
  let personalBytes = personal?.length ?? 0;
  let metadataBytes = metadata.length;
  const ascii = bytes === text.length;
  if (!ascii) {
    streamBytes = buffer.write(stream, body, 'utf8');
    typeBytes = buffer.write(type, body + streamBytes, 'utf8');
    dataBytes = buffer.write(data, body + streamBytes + typeBytes, 'utf8');
    personalBytes =
      personal === undefined ? 0 : buffer.write(personal, body + streamBytes + typeBytes + dataBytes, 'utf8');
    metadataBytes = buffer.write(metadata, body + streamBytes + typeBytes + dataBytes + personalBytes, 'utf8');
    bytes = streamBytes + typeBytes + dataBytes + personalBytes + metadataBytes;
  }
  const flags = (personal === undefined ? 0 : HAS_PERSONAL) | (ascii ? IS_ASCII : 0) | (place.isLast ? IS_LAST : 0);
  writeHeader(buffer, at, event, place, flags);
  buffer.writeUInt16LE(typeBytes, at + 6);
  buffer.writeUInt32LE(streamBytes, at + 64);
  buffer.writeUInt32LE(dataBytes, at + 68);
  buffer.writeUInt32LE(personalBytes, at + 72);
  buffer.writeUInt32LE(metadataBytes, at + 76);
  const length = MIN_RECORD_BYTES + bytes;
  buffer.writeUInt32LE(length, at);
  return length;
}

/** An event as bytes, its JSON already text, and where it comes from. */
export interface EventBytes {
  /** A UUID. */
  readonly id: string;
  readonly occurredAt: number;
  readonly stream: Uint8Array;
  readonly type: Uint8Array;
  readonly data: Uint8Array;
  readonly personal: Uint8Array | undefined;
  readonly metadata: Uint8Array;
  /** What `origin.ts` makes of its place in the log that it is copied from. */
  readonly origin: Uint8Array;
}

/** How many bytes the record takes. */
export function copyLength({ stream, type, data, personal, metadata, origin }: EventBytes): number {
  const text = stream.length + type.length + data.length + (personal?.length ?? 0) + metadata.length;
  return MIN_RECORD_BYTES + text + origin.length;
}

/** Writes a record that is a copy, an append of its own, as `writeRecord` writes one. */
export function writeCopy(buffer: Buffer, at: number, event: EventBytes, place: Omit<RecordPlace, 'stream'>): number {
  const { stream, type, data, personal, metadata, origin } = event;
  let end = at + HEADER_BYTES;
  for (const part of [stream, type, data, personal, metadata]) {
    if (part === undefined) continue;
    buffer.set(part, end);
    end += part.length;
  }
  const ascii = isAscii(buffer.subarray(at + HEADER_BYTES, end));
  buffer.set(origin, end);
  const flags = (personal === undefined ? 0 : HAS_PERSONAL) | (ascii ? IS_ASCII : 0) | (place.isLast ? IS_LAST : 0);
  writeHeader(buffer, at, event, place, flags);
  buffer.writeUInt16LE(type.length, at + 6);
  buffer.writeUInt16LE(stream.length, at + 64);
  buffer.writeUInt16LE(origin.length, at + 66);
  buffer.writeUInt32LE(data.length, at + 68);
  buffer.writeUInt32LE(personal?.length ?? 0, at + 72);
  buffer.writeUInt32LE(metadata.length, at + 76);
  const length = end + origin.length + CHECKSUM_BYTES - at;
  buffer.writeUInt32LE(length, at);
  return length;
}

/** All of a header but the lengths. */
function writeHeader(
  buffer: Buffer,
  at: number,
  event: { readonly id: string; readonly occurredAt: number },
  place: Omit<RecordPlace, 'stream'>,
  flags: number,
): void {
  buffer[at + 4] = FORMAT;
  buffer[at + 5] = flags;
  writeOffset(buffer, place.position, at + 8);
  buffer.writeUInt32LE(place.ordinal, at + 24);
  buffer.writeUInt32LE(place.revision, at + 28);
  uuidWords(event.id, idWords);
  for (let i = 0; i < 4; i++) buffer.writeUInt32BE(idWords[i]!, at + 32 + 4 * i);
  buffer.writeDoubleLE(event.occurredAt, at + 48);
  buffer.writeDoubleLE(place.recordedAt, at + 56);
}

/** Completes all records from `from` to `to` just before they are written: what is settled by now, and their checksums. */
export function sealRecords(buffer: Buffer, from: number, to: number, settled: number): void {
  for (let at = from; at < to;) {
    const end = at + lengthAt(buffer, at);
    writeOffset(buffer, settled, at + 16);
    buffer.writeUInt32LE(crc32(buffer.subarray(at, end - CHECKSUM_BYTES), RESIDUE), end - CHECKSUM_BYTES);
    at = end;
  }
}

/**
 * The length of the record that stands at `at`, by its header alone; 0 when no record with this position begins there. The
 * buffer has a whole header from `at` on; the record may reach beyond it.
 */
export function recordLength(buffer: Buffer, at: number, position: number): number {
  if (buffer[at + 4] !== FORMAT || offsetAt(buffer, at + 8) !== position) return 0;
  const length = lengthAt(buffer, at);
  const body =
    streamBytesAt(buffer, at) +
    typeBytesAt(buffer, at) +
    dataBytesAt(buffer, at) +
    personalBytesAt(buffer, at) +
    metadataBytesAt(buffer, at) +
    originBytesAt(buffer, at);
  return length === MIN_RECORD_BYTES + body ? length : 0;
}

/** Where whole records begin, as far as headers go on naming their own place. */
export function startsOf(buffer: Buffer, bytes: number, base: number): number[] {
  const starts: number[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes;) {
    const length = recordLength(buffer, at, base + at);
    if (length === 0 || at + length > bytes) break;
    starts.push(at);
    at += length;
  }
  return starts;
}

/** Whether the whole records from `from` to `to` are as they were written. */
export function areSound(buffer: Buffer, from: number, to: number): boolean {
  return crc32(buffer.subarray(from, to), RESIDUE) === RESIDUE;
}

const lengthAt = (buffer: Buffer, at: number) => buffer.readUInt32LE(at);
const typeBytesAt = (buffer: Buffer, at: number) => buffer.readUInt16LE(at + 6);
/** Length of the stream's name, which begins right after the header. */
export const streamBytesAt = (buffer: Buffer, at: number) => buffer.readUInt16LE(at + 64);
const originBytesAt = (buffer: Buffer, at: number) => buffer.readUInt16LE(at + 66);
const dataBytesAt = (buffer: Buffer, at: number) => buffer.readUInt32LE(at + 68);
const personalBytesAt = (buffer: Buffer, at: number) => buffer.readUInt32LE(at + 72);
const metadataBytesAt = (buffer: Buffer, at: number) => buffer.readUInt32LE(at + 76);

export const positionAt = (buffer: Buffer, at: number) => offsetAt(buffer, at + 8);
export const settledAt = (buffer: Buffer, at: number) => offsetAt(buffer, at + 16);
export const ordinalAt = (buffer: Buffer, at: number) => buffer.readUInt32LE(at + 24);
/** Whether the record commits its append. */
export const isLastAt = (buffer: Buffer, at: number) => (buffer[at + 5]! & IS_LAST) !== 0;
export const revisionAt = (buffer: Buffer, at: number) => buffer.readUInt32LE(at + 28);
export const occurredAtAt = (buffer: Buffer, at: number) => buffer.readDoubleLE(at + 48);
export const recordedAtAt = (buffer: Buffer, at: number) => buffer.readDoubleLE(at + 56);

/** The id's four big-endian words. */
export function idWordsAt(buffer: Buffer, at: number, words: Uint32Array): Uint32Array {
  for (let i = 0; i < 4; i++) words[i] = buffer.readUInt32BE(at + 32 + 4 * i);
  return words;
}

/** The id's 16 bytes. A view of the buffer. */
export const idBytesAt = (buffer: Buffer, at: number) => buffer.subarray(at + 32, at + 48);

export function idAt(buffer: Buffer, at: number): string {
  const hex = buffer.toString('hex', at + 32, at + 48);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function streamAt(buffer: Buffer, at: number): string {
  const from = at + HEADER_BYTES;
  return textOf(buffer, at, from, from + streamBytesAt(buffer, at));
}

export function typeAt(buffer: Buffer, at: number): string {
  const from = at + HEADER_BYTES + streamBytesAt(buffer, at);
  return textOf(buffer, at, from, from + typeBytesAt(buffer, at));
}

/** The JSON text of `data`. */
export function dataAt(buffer: Buffer, at: number): string {
  const from = dataStart(buffer, at);
  return textOf(buffer, at, from, from + dataBytesAt(buffer, at));
}

/** The JSON text of `personal`, undefined when the event has none. */
export function personalAt(buffer: Buffer, at: number): string | undefined {
  if ((buffer[at + 5]! & HAS_PERSONAL) === 0) return undefined;
  const from = dataStart(buffer, at) + dataBytesAt(buffer, at);
  return textOf(buffer, at, from, from + personalBytesAt(buffer, at));
}

/** The JSON text of `metadata`. */
export function metadataAt(buffer: Buffer, at: number): string {
  const from = dataStart(buffer, at) + dataBytesAt(buffer, at) + personalBytesAt(buffer, at);
  return textOf(buffer, at, from, from + metadataBytesAt(buffer, at));
}

/** Where the record's copy came from; empty for a record that is none. A view of the buffer. */
export function originAt(buffer: Buffer, at: number): Buffer {
  const end = at + lengthAt(buffer, at) - CHECKSUM_BYTES;
  return buffer.subarray(end - originBytesAt(buffer, at), end);
}

/** Whether the record is a copy out of another log. */
export const isCopyAt = (buffer: Buffer, at: number) => originBytesAt(buffer, at) > 0;

function dataStart(buffer: Buffer, at: number): number {
  return at + HEADER_BYTES + streamBytesAt(buffer, at) + typeBytesAt(buffer, at);
}

function textOf(buffer: Buffer, at: number, from: number, to: number): string {
  return buffer.toString((buffer[at + 5]! & IS_ASCII) === 0 ? 'utf8' : 'latin1', from, to);
}

function offsetAt(buffer: Buffer, at: number): number {
  return buffer.readUInt32LE(at) + buffer.readUInt32LE(at + 4) * TWO_32;
}

function writeOffset(buffer: Buffer, offset: number, at: number): void {
  buffer.writeUInt32LE(offset % TWO_32, at);
  buffer.writeUInt32LE(Math.floor(offset / TWO_32), at + 4);
}
