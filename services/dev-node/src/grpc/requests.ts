/** What is asked for, out of protobuf messages: checked, and in the words of the store. */
import { ThroughlineError } from '@throughline/contracts';
import type { Expected } from '../store/admission.ts';
import type { ProposedEvent } from '../store/stored-event.ts';
import type { From } from '../read/place.ts';
import type { StreamIdentifierMessage, UuidMessage } from './protocol.ts';

/** The embedded log's records have 16 bits for the length of a name; a character is at most three bytes. */
const MAX_NAME_LENGTH = Math.floor(0xffff / 3);
const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const JSON_CONTENT = 'application/json';

/** @throws ThroughlineError `invalid-request` when it names no stream that can be. */
export function streamOf(identifier: StreamIdentifierMessage | undefined): string {
  const name = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
  checkName('stream', name);
  // Metadata of metadata would be metadata of a stream that only looks like one.
  if (name === '$$' || name.startsWith('$$$$')) throw invalidRequest(`No stream can be named ${name}.`);
  return name;
}

/** The four ways to expect a revision, the same in every message that has them. */
export interface Expectation {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

export function expectedOf(expectation: Expectation, revision: string): Expected {
  if (expectation.hasNoStream()) return 'no_stream';
  if (expectation.hasAny()) return 'any';
  if (expectation.hasStreamExists()) return 'stream_exists';
  return BigInt(revision);
}

/** A proposed event, the same in both ways to append. */
export interface Proposal {
  getId(): UuidMessage | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

/** @throws ThroughlineError `invalid-request` when it cannot be stored. */
export function eventOf(proposal: Proposal): ProposedEvent {
  const described = proposal.getMetadataMap();
  const type = described.get('type') ?? '';
  checkName('event type', type);
  return {
    id: idOf(proposal.getId()),
    type,
    isJson: described.get('content-type') === JSON_CONTENT,
    data: proposal.getData_asU8(),
    metadata: proposal.getCustomMetadata_asU8(),
  };
}

/** What an event counts against the largest append, as EventStoreDB counts it. */
export function sizeOf({ type, data, metadata }: ProposedEvent): number {
  return 2 * type.length + data.length + metadata.length;
}

export function contentTypeOf(isJson: boolean): string {
  return isJson ? JSON_CONTENT : 'application/octet-stream';
}

/** @throws ThroughlineError `invalid-request`. */
export function idOf(uuid: UuidMessage | undefined): string {
  const structured = uuid?.getStructured();
  const id = structured
    ? dashed(hex(structured.getMostSignificantBits()) + hex(structured.getLeastSignificantBits()))
    : (uuid?.getString() ?? '').toLowerCase();
  if (!UUID_FORM.test(id)) throw invalidRequest('An event id must be a UUID.');
  return id;
}

export function fromOf(place: { hasStart(): boolean; hasEnd(): boolean }, exact: string | undefined): From {
  if (place.hasEnd()) return 'end';
  return place.hasStart() || exact === undefined ? 'start' : BigInt(exact);
}

function checkName(what: string, name: string): void {
  if (name === '' || name.length > MAX_NAME_LENGTH) throw invalidRequest(`The ${what} has no usable name.`);
}

function hex(bits: string): string {
  return BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
}

function dashed(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function invalidRequest(detail: string): ThroughlineError {
  return new ThroughlineError('invalid-request', detail);
}
