/** What quarantine keeps, as events: what could not be accepted (`quarantine.added`), and that it was in the end (`quarantine.redriven`). */
import { NAMESPACE, QUARANTINE_PREFIX, uuidv5, type JsonObject, type ProblemCode } from '@throughline/contracts';
import type { NewEvent } from '@throughline/event-log';
import type { Received } from './enrich.ts';
import { LIMITS } from './limits.ts';

export const ADDED = 'quarantine.added';
/** Further bytes of an item. */
export const PIECE = 'quarantine.piece';
export const REDRIVEN = 'quarantine.redriven';

export interface Refused {
  /** The very bytes that were sent. */
  readonly bytes: Buffer;
  readonly code: ProblemCode;
  /** Names fields and places, never values. */
  readonly message: string;
  /** Where it came from: nothing personal in it. */
  readonly origin: JsonObject;
  /** Names the one place where it stands for ever, such as an offset of a topic. */
  readonly place?: string;
  readonly correlationId?: string | undefined;
}

export interface AddedData extends JsonObject {
  readonly code: ProblemCode;
  readonly message: string;
  readonly origin: JsonObject;
  /** Events that hold the rest of the bytes, where one could not. */
  readonly pieces?: number;
}

export interface RedrivenData extends JsonObject {
  readonly quarantineId: string;
  readonly touchpointId: string;
  /** Whether another body than the one sent was taken. */
  readonly corrected: boolean;
}

/** The same bytes are one item, however often they are sent; what stands at a place of its own is an item of its own. */
function quarantineIdOf(bytes: Buffer, place: string): string {
  return uuidv5(NAMESPACE.quarantine, `added\n${place}${bytes.toString('latin1')}`);
}

export function redrivenIdOf(quarantineId: string): string {
  return uuidv5(NAMESPACE.quarantine, `redriven\n${quarantineId}`);
}

/** A stream a month, `quarantine-2026-11`: none grows for ever. */
export function quarantineStream(received: Received): string {
  return QUARANTINE_PREFIX + received.text.slice(0, 7);
}

/** The id of a further piece of an item's bytes: 1 for the second. */
export function pieceIdOf(quarantineId: string, piece: number): string {
  return uuidv5(NAMESPACE.quarantine, `piece ${piece}\n${quarantineId}`);
}

/**
 * An item as events, to be appended in this order. Bytes beyond what one event holds stand in pieces of their own, before the
 * event that adds the item: it is there with all its bytes or not at all.
 */
export function added(
  { bytes, code, message, origin, place = '', correlationId }: Refused,
  received: Received,
): { readonly id: string; readonly events: readonly NewEvent[] } {
  const id = quarantineIdOf(bytes, place);
  const pieces: Buffer[] = [];
  for (let at = LIMITS.maxItem; at < bytes.length; at += LIMITS.maxItem)
    pieces.push(bytes.subarray(at, at + LIMITS.maxItem));
  const event = (own: string, type: string, data: JsonObject, kept: Buffer): NewEvent => ({
    id: own,
    type,
    occurredAt: received.at,
    data,
    personal: { bytes: kept.toString('base64') },
    metadata: { receivedAt: received.text, schema: 1, ...(correlationId && { $correlationId: correlationId }) },
  });
  const data: AddedData = { code, message, origin, ...(pieces.length > 0 && { pieces: pieces.length }) };
  return {
    id,
    events: [
      ...pieces.map((piece, n) => event(pieceIdOf(id, n + 1), PIECE, { quarantineId: id, piece: n + 1 }, piece)),
      event(id, ADDED, data, bytes.subarray(0, LIMITS.maxItem)),
    ],
  };
}

export function redriven(data: RedrivenData, now: Received): NewEvent {
  return {
    id: redrivenIdOf(data.quarantineId),
    type: REDRIVEN,
    occurredAt: now.at,
    data,
    metadata: {
      receivedAt: now.text,
      schema: 1,
      $causationId: data.quarantineId,
      ...(now.correlationId && { $correlationId: now.correlationId }),
    },
  };
}
