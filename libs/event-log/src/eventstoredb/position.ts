/** Positions: the server's commit and prepare position as received, 16 hex digits each, so that text order is its order. */
import { ThroughlineError, type Position } from '@throughline/contracts';

const TEXT = /^[0-9a-f]{32}$/;

/** Commit and prepare position, as the client's messages have them. */
export interface ServerPosition {
  readonly commit: string;
  readonly prepare: string;
}

export function positionText(commit: string, prepare: string): Position {
  return (hex(commit) + hex(prepare)) as Position;
}

/** @throws ThroughlineError `invalid-request` when it is not a position of an EventStoreDB. */
export function serverPosition(position: Position): ServerPosition {
  if (!TEXT.test(position))
    throw new ThroughlineError('invalid-request', `Not a position of this log: ${JSON.stringify(position)}.`);
  return { commit: decimal(position.slice(0, 16)), prepare: decimal(position.slice(16)) };
}

const hex = (decimalText: string) => BigInt(decimalText).toString(16).padStart(16, '0');
const decimal = (hexText: string) => BigInt(`0x${hexText}`).toString();
