import { randomUUID } from 'node:crypto';
import { touchpointStream, type Position } from '@throughline/contracts';
import { newEvent, type MemoryLog } from './memory-log.ts';

const ADA = 'ada0'.padEnd(32, '0');

/** A call of Ada's, recorded now. */
export function happened(log: MemoryLog): Position {
  const data = { keys: [{ type: 'phone', key: ADA }], channel: 'phone', facts: { amount: 1 } };
  return log.put(touchpointStream(ADA), newEvent(randomUUID(), 'call.ended', data), Date.now()).position;
}
