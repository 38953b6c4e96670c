/** What can be done of an append before it is sent: checking its form, and turning it into text. */
import { ThroughlineError } from '@throughline/contracts';
import { isUuid } from '../embedded/key.ts';
import { NO_STREAM, type Append, type NewEvent } from '../port.ts';
import { writeEvent, type WrittenEvent } from './event-format.ts';
import { SYSTEM_PREFIX } from './read-request.ts';

export interface PreparedEvent extends WrittenEvent {
  readonly event: NewEvent;
}

export interface PreparedAppend {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly PreparedEvent[];
  /** What the server counts. */
  readonly bytes: number;
}

/** @throws ThroughlineError `invalid-request`, `too-large`. */
export function prepare({ stream, expectedRevision, events }: Append, maxBytes: number): PreparedAppend {
  checkName('stream', stream);
  if (!Number.isInteger(expectedRevision) || expectedRevision < NO_STREAM)
    throw invalid('expectedRevision is no revision.');
  if (events.length === 0) throw invalid('An append needs at least one event.');
  let bytes = 0;
  const prepared = events.map((event) => {
    checkEvent(event);
    const written = writeEvent(event);
    bytes += written.data.length + written.metadata.length + 2 * event.type.length;
    return { event, ...written };
  });
  if (bytes > maxBytes)
    throw new ThroughlineError(
      'too-large',
      `The events of one append have ${bytes} bytes; the server takes ${maxBytes} at most.`,
    );
  return { stream, expectedRevision, events: prepared, bytes };
}

function checkEvent({ id, type, occurredAt }: NewEvent): void {
  if (!isUuid(id)) throw invalid('An event id must be a UUID.');
  checkName('type', type);
  if (!Number.isFinite(occurredAt)) throw invalid('occurredAt must be a number of milliseconds.');
}

function checkName(what: string, name: string): void {
  if (name === '' || name.startsWith(SYSTEM_PREFIX) || /\p{Surrogate}/u.test(name) || name.length * 3 > 0xffff)
    throw invalid(`The ${what} has no usable name.`);
}

function invalid(detail: string): ThroughlineError {
  return new ThroughlineError('invalid-request', detail);
}
