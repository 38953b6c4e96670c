/**
 * A customer that one part touched and another owns, as it waits for that one's writer: target (1 byte), since, a zero byte that no
 * position holds, customer. So the rows for one target stand together, the oldest first.
 */
import type { Position } from '@throughline/contracts';
import { idBytes, idOf } from './codec.ts';

const END = 0;

export function handedRow(target: number, since: Position, customer: string): Buffer {
  return Buffer.concat([Buffer.from([target]), Buffer.from(since), Buffer.from([END]), idBytes(customer)]);
}

export function readHandedRow(row: Buffer): { readonly since: Position; readonly customer: string } {
  const end = row.indexOf(END, 1);
  return { since: row.toString('utf8', 1, end) as Position, customer: idOf(row.subarray(end + 1)) };
}

/** Bounds of all that waits for the target, as commands on a table in order take them. */
export function rowsFor(target: number): readonly [Buffer, Buffer] {
  return [Buffer.from([...Buffer.from('['), target]), Buffer.from([...Buffer.from('('), target + 1])];
}
