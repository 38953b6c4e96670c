/** The messages of Streams.Read. */
import type { Position } from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';
import { offsetOf } from '../read/place.ts';
import { fromStored } from '../store/stored-event.ts';
import { ReadResp, StreamIdentifier, UUID, type ReadRespMessage, type UuidMessage } from './protocol.ts';
import { contentTypeOf } from './requests.ts';

const TICKS_PER_MILLISECOND = 10_000n;

/** Ids as text or as two numbers, whichever the client asked for. */
export type IdForm = 'string' | 'structured';

export function eventMessage(event: RecordedEvent, idForm: IdForm): ReadRespMessage {
  const read = new ReadResp.ReadEvent().setEvent(recordedEvent(event, idForm));
  return new ReadResp().setEvent(read.setCommitPosition(offsetOf(event.position)));
}

/** A link with the event it names, which may be gone. */
export function linkMessage(link: RecordedEvent, event: RecordedEvent | undefined, idForm: IdForm): ReadRespMessage {
  const read = new ReadResp.ReadEvent().setLink(recordedEvent(link, idForm));
  if (event) read.setEvent(recordedEvent(event, idForm));
  return new ReadResp().setEvent(read.setCommitPosition(offsetOf(link.position)));
}

function recordedEvent(stored: RecordedEvent, idForm: IdForm) {
  const event = fromStored(stored);
  const offset = offsetOf(event.position);
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(idMessage(event.id, idForm));
  recorded.setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(event.stream)));
  recorded.setStreamRevision(event.revision);
  recorded.setCommitPosition(offset);
  recorded.setPreparePosition(offset);
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const described = recorded.getMetadataMap();
  described.set('type', event.type);
  described.set('created', String(BigInt(Math.trunc(event.created)) * TICKS_PER_MILLISECOND));
  described.set('content-type', contentTypeOf(event));
  return recorded;
}

export function streamNotFound(stream: string): ReadRespMessage {
  const identifier = new StreamIdentifier().setStreamName(Buffer.from(stream));
  return new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier));
}

export function confirmation(subscriptionId: string): ReadRespMessage {
  return new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(subscriptionId));
}

export function checkpoint(position: Position): ReadRespMessage {
  const offset = offsetOf(position);
  return new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(offset).setPreparePosition(offset));
}

export function caughtUp(): ReadRespMessage {
  return new ReadResp().setCaughtUp(new ReadResp.CaughtUp());
}

function idMessage(id: string, form: IdForm): UuidMessage {
  if (form === 'string') return new UUID().setString(id);
  const digits = id.replaceAll('-', '');
  const bits = (half: string) => String(BigInt.asIntN(64, BigInt(`0x${half}`)));
  return new UUID().setStructured(
    new UUID.Structured()
      .setMostSignificantBits(bits(digits.slice(0, 16)))
      .setLeastSignificantBits(bits(digits.slice(16))),
  );
}
