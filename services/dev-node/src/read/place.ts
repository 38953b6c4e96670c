/** Positions of EventStoreDB's protocol: commit and prepare are both the embedded log's byte offset. */
import { START, type Position } from '@throughline/contracts';

export type From = 'start' | 'end' | bigint;

export function positionOf(offset: bigint): Position {
  return offset.toString(16).padStart(16, '0') as Position;
}

/** An empty log's start is 0. */
export function offsetOf(position: Position): number {
  return position === START ? 0 : Number.parseInt(position, 16);
}
