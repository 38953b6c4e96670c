/** Rows that both the writing and the reading side know. */
import type { Key } from '@throughline/contracts';
import type { Move } from '../move.ts';
import { idBytes, idOf, unpack } from './codec.ts';

/** Key, type; and again: each behind its length, so that a script that has one can ask for the subjects of all its keys. */
export function writtenMembers(keys: readonly Key[]): Buffer {
  return Buffer.concat(keys.flatMap(({ type, key }) => [...sized(idBytes(key)), ...sized(Buffer.from(type))]));
}

export function readMembers(row: Buffer): readonly Key[] {
  const keys: Key[] = [];
  for (let at = 0; at < row.length;) {
    const type = at + 2 + row.readUInt16BE(at);
    const end = type + 2 + row.readUInt16BE(type);
    keys.push({ type: row.toString('utf8', type + 2, end), key: idOf(row.subarray(at + 2, type)) });
    at = end;
  }
  return keys;
}

function sized(bytes: Buffer): readonly [Buffer, Buffer] {
  const size = Buffer.allocUnsafe(2);
  size.writeUInt16BE(bytes.length);
  return [size, bytes];
}

/** @param flat Request, move; and again. In the order of the requests. */
export function readMoves(flat: readonly Buffer[]): readonly (readonly [string, Move])[] {
  const moves: [string, Move][] = [];
  for (let i = 0; i < flat.length; i += 2) moves.push([String(flat[i]), unpack<Move>(flat[i + 1]!)]);
  return moves.sort(([, a], [, b]) => (a.position < b.position ? -1 : 1));
}
