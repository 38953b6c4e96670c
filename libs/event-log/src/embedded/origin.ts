/**
 * What a copied record keeps of the log that it was copied from, in 32 bytes:
 *
 * | offset | bytes | what |
 * | ---: | ---: | --- |
 * | 0 | 16 | its position there: two numbers of 64 bits, big-endian, so that the order of bytes is the order of that log |
 * | 16 | 16 | chain: a hash of the chain of the record before, this position, and the id |
 *
 * Two copies with the same chain at the same position hold the same events up to it, in the same order. The hash finds
 * accidents, as the checksums do; it is no defence against somebody who forges copies.
 */
import type { Position } from '@throughline/contracts';
import { streamKeyOfBytes, type Key } from './key.ts';
import { idBytesAt, originAt } from './record.ts';

export const POSITION_BYTES = 16;
export const ORIGIN_BYTES = 32;
const TEXT = /^[0-9a-f]{32}$/;

/** The chain before a copy's first record. */
export const FIRST_CHAIN = Buffer.alloc(16);

const room = Buffer.alloc(48);
const hash: Key = new Uint32Array(4);

/** The chain after a record, written into `into`. */
export function chainAfter(chain: Uint8Array, position: Uint8Array, id: Uint8Array, into: Buffer): void {
  room.set(chain, 0);
  room.set(position, 16);
  room.set(id, 32);
  streamKeyOfBytes(room, 0, room.length, hash);
  for (let i = 0; i < 4; i++) into.writeUInt32BE(hash[i]!, 4 * i);
}

/** Whether a record's chain follows from the chain before it. */
export function chains(before: Uint8Array, buffer: Buffer, at: number): boolean {
  const origin = originAt(buffer, at);
  if (origin.length !== ORIGIN_BYTES) return false;
  const expected = Buffer.alloc(16);
  chainAfter(before, origin.subarray(0, POSITION_BYTES), idBytesAt(buffer, at), expected);
  return expected.equals(origin.subarray(POSITION_BYTES));
}

/** A copied record's chain. A view of the buffer. */
export function chainAt(buffer: Buffer, at: number): Buffer {
  return originAt(buffer, at).subarray(POSITION_BYTES);
}

/** A copied record's position in the log that it comes from: 32 hex digits. */
export function originPosition(buffer: Buffer, at: number): Position {
  return originAt(buffer, at).toString('hex', 0, POSITION_BYTES) as Position;
}

/** Whether the text may be a position of a log that can be copied. */
export function isOriginPosition(position: Position): boolean {
  return TEXT.test(position);
}
