/** What can be done of an append before its place in the log is known: checking its form, and turning it into text. */
import { ThroughlineError } from '@throughline/contracts';
import { NO_STREAM, type Append, type NewEvent } from '../port.ts';
import { newKey, uuidWords } from './key.ts';
import { recordBound, type EventText } from './record.ts';

/** Lengths of names are 16 bits in a record. */
const MAX_NAME_BYTES = 0xffff;
/** One append is one write, atomic, held in memory whole. */
const MAX_APPEND_BYTES = 256 * 1024 * 1024;

export interface PreparedAppend {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly EventText[];
}

/** @throws ThroughlineError `invalid-request`, `too-large`. */
export function prepare({ stream, expectedRevision, events }: Append): PreparedAppend {
  checkName('stream', stream);
  if (!Number.isInteger(expectedRevision) || expectedRevision < NO_STREAM)
    throw invalid('expectedRevision is no revision.');
  if (events.length === 0) throw invalid('An append needs at least one event.');
  const texts = events.map(textOf);
  const bound = texts.reduce((sum, event) => sum + recordBound(stream, event), 0);
  if (bound > MAX_APPEND_BYTES)
    throw new ThroughlineError('too-large', `An append holds at most ${MAX_APPEND_BYTES} bytes.`);
  return { stream, expectedRevision, events: texts };
}

const words = newKey();

function textOf({ id, type, occurredAt, data, personal, metadata }: NewEvent): EventText {
  if (!uuidWords(id, words)) throw invalid('An event id must be a UUID.');
  checkName('type', type);
  if (!Number.isFinite(occurredAt)) throw invalid('occurredAt must be a number of milliseconds.');
  return {
    id,
    type,
    occurredAt,
    data: JSON.stringify(data),
    personal: personal === undefined ? undefined : JSON.stringify(personal),
    metadata: JSON.stringify(metadata),
  };
}

function checkName(what: string, name: string): void {
  if (name === '' || /\p{Surrogate}/u.test(name) || name.length * 3 > MAX_NAME_BYTES)
    throw invalid(`The ${what} has no usable name.`);
}

function invalid(detail: string): ThroughlineError {
  return new ThroughlineError('invalid-request', detail);
}
