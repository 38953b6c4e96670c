/** Positions of EventStoreDB's protocol: commit and prepare are both the embedded log's byte offset. */
import { START, type Position } from '@throughline/contracts';

export type From = 'start' | 'end' | bigint;

export function positionOf(offset: bigint): Position {
  return offset.toString(16).padStart(16, '0') as Position;
}

/** Decimal digits; an empty log's start is 0. */
export function offsetOf(position: Position): string {
  return position === START ? '0' : String(Number.parseInt(position, 16));
}
