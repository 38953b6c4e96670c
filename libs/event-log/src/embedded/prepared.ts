/** What can be done of an append before its place in the log is known: checking its form, and turning it into text. */
import { ThroughlineError } from '@throughline/contracts';
import type { Append, NewEvent } from '../port.ts';
import { idKey, newKey, streamKey, uuidWords, type Key } from './key.ts';
import { recordBound } from './record.ts';

/** Lengths of names are 16 bits in a record. */
const MAX_NAME_BYTES = 0xffff;
/** One append is one write, atomic, held in memory whole. */
const MAX_APPEND_BYTES = 256 * 1024 * 1024;

export interface PreparedEvent {
  readonly id: string;
  readonly idWords: Uint32Array;
  readonly key: Key;
  readonly type: string;
  readonly occurredAt: number;
  readonly data: string;
  readonly personal: string | undefined;
  readonly metadata: string;
}

export interface PreparedAppend {
  readonly stream: string;
  readonly key: Key;
  readonly expectedRevision: number;
  readonly events: readonly PreparedEvent[];
  /** At most how many bytes its records take. */
  readonly bound: number;
}

/** @throws ThroughlineError `invalid-request`, `too-large`. */
export function prepare({ stream, expectedRevision, events }: Append): PreparedAppend {
  checkName('stream', stream);
  if (!Number.isInteger(expectedRevision) || expectedRevision < -1) throw invalid('expectedRevision is no revision.');
  if (events.length === 0) throw invalid('An append needs at least one event.');
  const prepared = events.map(prepareEvent);
  const bound = prepared.reduce((sum, event) => sum + recordBound({ stream, ...event }), 0);
  if (bound > MAX_APPEND_BYTES) throw new ThroughlineError('too-large', `An append holds at most ${MAX_APPEND_BYTES} bytes.`);
  return { stream, key: streamKey(stream, newKey()), expectedRevision, events: prepared, bound };
}

function prepareEvent({ id, type, occurredAt, data, personal, metadata }: NewEvent): PreparedEvent {
  const idWords = newKey();
  if (!uuidWords(id, idWords)) throw invalid('An event id must be a UUID.');
  checkName('type', type);
  if (!Number.isFinite(occurredAt)) throw invalid('occurredAt must be a number of milliseconds.');
  return {
    id,
    idWords,
    key: idKey(idWords, newKey()),
    type,
    occurredAt,
    data: JSON.stringify(data),
    personal: personal === undefined ? undefined : JSON.stringify(personal),
    metadata: JSON.stringify(metadata),
  };
}

function checkName(what: string, name: string): void {
  if (name === '' || /\p{Surrogate}/u.test(name) || name.length * 3 > MAX_NAME_BYTES) throw invalid(`The ${what} has no usable name.`);
}

function invalid(detail: string): ThroughlineError {
  return new ThroughlineError('invalid-request', detail);
}
