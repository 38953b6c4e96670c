/**
 * The messages of Streams.Read, as bytes. Events are written by hand: there can be a million of them in one answer, and making
 * objects of the generated classes would cost more than everything else that is done for an event.
 */
import type { Position } from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';
import { offsetOf } from '../read/place.ts';
import { dataOf, envelopeOf, isTombstone, TOMBSTONE_REVISION, type Bytes } from '../store/stored-event.ts';
import { BackwardsWriter } from './backwards-writer.ts';
import { ReadResp, StreamIdentifier, type ReadRespMessage } from './protocol.ts';
import { contentTypeOf } from './requests.ts';

/** Ids as text or as two numbers, whichever the client asked for. */
export type IdForm = 'string' | 'structured';

const writer = new BackwardsWriter();

/** An event, or a link that was not resolved. */
export function eventMessage(event: RecordedEvent, idForm: IdForm): Buffer {
  const offset = offsetOf(event.position);
  writer.number(3, offset);
  writeRecorded(1, event, offset, idForm);
  writer.nest(1, 0);
  return writer.take();
}

/** A link with the event it names, which may be gone. */
export function linkMessage(link: RecordedEvent, event: RecordedEvent | undefined, idForm: IdForm): Buffer {
  const offset = offsetOf(link.position);
  writer.number(3, offset);
  writeRecorded(2, link, offset, idForm);
  if (event) writeRecorded(1, event, offsetOf(event.position), idForm);
  writer.nest(1, 0);
  return writer.take();
}

export function streamNotFound(stream: string): Buffer {
  const identifier = new StreamIdentifier().setStreamName(Buffer.from(stream));
  return bytesOf(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier)));
}

export function confirmation(subscriptionId: string): Buffer {
  const confirmed = new ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId);
  return bytesOf(new ReadResp().setConfirmation(confirmed));
}

export function checkpoint(position: Position): Buffer {
  const offset = String(offsetOf(position));
  const reached = new ReadResp.Checkpoint().setCommitPosition(offset).setPreparePosition(offset);
  return bytesOf(new ReadResp().setCheckpoint(reached));
}

export function caughtUp(): Buffer {
  return bytesOf(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
}

function bytesOf(message: ReadRespMessage): Buffer {
  return Buffer.from(message.serializeBinary());
}

/** A `ReadEvent.RecordedEvent`: id 1, stream 2, revision 3, prepare 4, commit 5, described 6, metadata 7, data 8. */
function writeRecorded(field: number, event: RecordedEvent, offset: number, idForm: IdForm): void {
  const envelope = envelopeOf(event);
  const { end } = writer;
  writeBytes(8, dataOf(event));
  if (envelope.metadata) writeBytes(7, envelope.metadata);
  writeDescribed('content-type', contentTypeOf(envelope.isJson));
  // Ticks of 100 ns.
  writeDescribed('created', `${Math.trunc(event.recordedAt)}0000`);
  writeDescribed('type', event.type);
  writer.number(5, offset);
  writer.number(4, offset);
  if (isTombstone(event)) writer.bigNumber(3, TOMBSTONE_REVISION);
  else writer.number(3, event.revision);
  const identifier = writer.end;
  writer.text(3, event.stream);
  writer.nest(2, identifier);
  writeId(1, envelope.id, idForm);
  writer.nest(field, end);
}

function writeBytes(field: number, bytes: Bytes): void {
  if ('text' in bytes) writer.text(field, bytes.text);
  else writer.base64(field, bytes.base64);
}

/** An entry of the map 6: key 1, value 2. */
function writeDescribed(key: string, value: string): void {
  const { end } = writer;
  writer.text(2, value);
  writer.text(1, key);
  writer.nest(6, end);
}

/** A `UUID`: structured 1 (most significant bits 1, least significant 2), or string 2. */
function writeId(field: number, id: string, form: IdForm): void {
  const { end } = writer;
  if (form === 'string') writer.text(2, id);
  else {
    const digits = id.replaceAll('-', '');
    writer.bigNumber(2, BigInt(`0x${digits.slice(16)}`));
    writer.bigNumber(1, BigInt(`0x${digits.slice(0, 16)}`));
    writer.nest(1, end);
  }
  writer.nest(field, end);
}
