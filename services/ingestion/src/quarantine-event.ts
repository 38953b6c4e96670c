/** What quarantine keeps, as events: what could not be accepted (`quarantine.added`), and that it was in the end (`quarantine.redriven`). */
import { NAMESPACE, QUARANTINE_PREFIX, uuidv5, type JsonObject, type ProblemCode } from '@throughline/contracts';
import type { NewEvent } from '@throughline/event-log';
import type { Received } from './enrich.ts';

export const ADDED = 'quarantine.added';
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
}

export interface AddedData extends JsonObject {
  readonly code: ProblemCode;
  readonly message: string;
  readonly origin: JsonObject;
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

export function added({ bytes, code, message, origin, place = '' }: Refused, received: Received): NewEvent {
  return {
    id: quarantineIdOf(bytes, place),
    type: ADDED,
    occurredAt: received.at,
    data: { code, message, origin } satisfies AddedData,
    personal: { bytes: bytes.toString('base64') },
    metadata: { receivedAt: received.text, schema: 1 },
  };
}

export function redriven(data: RedrivenData, now: Received): NewEvent {
  return {
    id: redrivenIdOf(data.quarantineId),
    type: REDRIVEN,
    occurredAt: now.at,
    data,
    metadata: { receivedAt: now.text, schema: 1 },
  };
}
