/**
 * How an event of EventStoreDB stands in the embedded log, which holds an id once for ever and JSON objects only.
 *
 * - The stored id is a hash of stream, revision and id: in EventStoreDB an id is the same event only at the same revision of
 *   the same stream, so exactly an append sent again finds its ids at its places.
 * - Bytes are kept as text when they are UTF-8, which is what JSON is, else as Base64: either way they come back unchanged.
 */
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { JsonObject } from '@throughline/contracts';
import type { NewEvent, RecordedEvent } from '@throughline/event-log';

/** The type of the event that ends a stream for ever. */
export const STREAM_DELETED = '$streamDeleted';
/** The revision that EventStoreDB shows for it. */
export const TOMBSTONE_REVISION = 2n ** 63n - 1n;

/** An event as a client sends it. */
export interface ProposedEvent {
  /** A UUID in lower case. */
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  /** The one that ends its stream. */
  readonly isTombstone?: true;
}

/** Bytes as they are stored. */
export type Bytes = { readonly text: string } | { readonly base64: string };

/** What of an event has no place of its own in the embedded log. */
interface Envelope extends JsonObject {
  readonly id: string;
  readonly isJson: boolean;
  /** Absent when empty. */
  readonly metadata?: Bytes;
  readonly isTombstone?: true;
}

/** The event as it is to stand at a revision of a stream. */
export function toStored(event: ProposedEvent, stream: string, revision: number, now: number): NewEvent {
  const envelope: Envelope = {
    id: event.id,
    isJson: event.isJson,
    ...(event.metadata.length > 0 && { metadata: toBytes(event.metadata) }),
    ...(event.isTombstone && { isTombstone: true }),
  };
  return {
    id: storedId(event.id, stream, revision),
    type: event.type,
    occurredAt: now,
    data: toBytes(event.data),
    metadata: envelope,
  };
}

export function envelopeOf(event: RecordedEvent): Envelope {
  return event.metadata as Envelope;
}

export function dataOf(event: RecordedEvent): Bytes {
  return event.data as Bytes;
}

/** Whether the event ended its stream for ever. */
export function isTombstone(event: RecordedEvent): boolean {
  return event.type === STREAM_DELETED && envelopeOf(event).isTombstone === true;
}

export function bytesOf(bytes: Bytes): Uint8Array {
  return 'text' in bytes ? Buffer.from(bytes.text, 'utf8') : Buffer.from(bytes.base64, 'base64');
}

function toBytes(bytes: Uint8Array): Bytes {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? { text: buffer.toString('utf8') } : { base64: buffer.toString('base64') };
}

function storedId(id: string, stream: string, revision: number): string {
  const hex = hash('sha1', `${revision}@${id}@${stream}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
