/**
 * A Kafka message into the items it holds. JSON is read as `POST /touchpoints` reads it. CloudEvents are read as their Kafka protocol
 * binding 1.0 says: the media type `application/cloudevents…` marks a structured event, headers that begin with `ce_` a binary one.
 */
import { isUtf8 } from 'node:buffer';
import { ThroughlineError } from '@throughline/contracts';
import { jsonFault } from '@throughline/runtime';
import { decode, type Decoded } from '../decode.ts';
import type { Headers, Message } from './broker.ts';

const PREFIX = 'ce_';
const STRUCTURED = 'application/cloudevents';
/** Bytes that the attributes of an event come to at most, about. */
const ATTRIBUTES = 64 << 10;
/** URIs: a % in them is their own. */
const URIS = new Set(['source', 'dataschema']);

/** Undefined for a tombstone: it holds nothing, and only says that its key has no value any more. */
export function readMessage({ value, headers }: Pick<Message, 'value' | 'headers'>): Decoded | undefined {
  const named = byName(headers);
  const type = mediaType(named.get('content-type'));
  const isStructured = type.essence.startsWith(STRUCTURED);
  if (!isStructured && (named.has('ce_specversion') || named.has('ce_type'))) return binary(value, named, type);
  if (value === null) return undefined;
  if (isStructured && !['', '+json', '-batch+json'].includes(type.essence.slice(STRUCTURED.length))) {
    return unreadable('Of the formats of CloudEvents only JSON is understood.', () => value);
  }
  try {
    return decode(inUtf8(value, type.charset));
  } catch (error) {
    if (!(error instanceof ThroughlineError)) throw error;
    return unreadable(error.detail ?? error.message, () => value);
  }
}

/** In quarantine a binary event stands in structured form, so that it can be put right and redriven as any other. */
function binary(value: Buffer | null, named: ReadonlyMap<string, string | undefined>, type: MediaType): Decoded {
  const attributes: [string, unknown][] = [];
  let why: string | undefined;
  for (const [header, text] of named) {
    if (!header.startsWith(PREFIX)) continue;
    const name = header.slice(PREFIX.length);
    if (text === undefined) why = 'An attribute is not UTF-8.';
    else if (name !== 'datacontenttype' || !type.isJson)
      attributes.push([name, URIS.has(name) ? text : unescaped(text)]);
  }
  if (value === null) return one(Object.fromEntries(attributes), why, ATTRIBUTES);
  const inBase64 = () => Object.fromEntries([...attributes, ['data_base64', value.toString('base64')]]);
  if (!type.isJson) return unreadable('Its data is declared to be something else than JSON.', () => asJson(inBase64()));
  try {
    return one(
      Object.fromEntries([...attributes, ['data', parsed(inUtf8(value, type.charset))]]),
      why,
      value.length + ATTRIBUTES,
    );
  } catch (error) {
    if (!(error instanceof ThroughlineError)) throw error;
    return unreadable(`Its data cannot be read. ${error.detail}`, () => asJson(inBase64()));
  }
}

function one(value: object, why: string | undefined, size: number): Decoded {
  const rawOf = () => asJson(value);
  return why === undefined ? { items: [{ index: 0, value }], size, rawOf } : unreadable(why, rawOf);
}

/** What goes to quarantine whatever its size. */
function unreadable(message: string, rawOf: () => Buffer): Decoded {
  return { items: [{ index: 0, code: 'unreadable-message', message }], size: 0, rawOf };
}

function asJson(value: object): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** Header names in lower case, values as text; undefined where a value is not UTF-8. Of several values the last counts. */
function byName(headers: Headers): Map<string, string | undefined> {
  const named = new Map<string, string | undefined>();
  for (const name in headers) {
    const given = headers[name];
    const value = Array.isArray(given) ? (given as (Buffer | string)[]).at(-1) : (given as Buffer | string | undefined);
    if (value === undefined || value === null) continue;
    named.set(
      name.toLowerCase(),
      typeof value === 'string' ? value : isUtf8(value) ? value.toString('utf8') : undefined,
    );
  }
  return named;
}

interface MediaType {
  /** Type and subtype in lower case; empty when none is declared. */
  readonly essence: string;
  /** JSON, or nothing is declared. */
  readonly isJson: boolean;
  readonly charset: string | undefined;
}

function mediaType(text = ''): MediaType {
  const [first = '', ...parameters] = text.split(';');
  const essence = first.trim().toLowerCase();
  const charset = parameters.map((one) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(one)?.[1]).find(Boolean);
  return { essence, isJson: /^$|^application\/json$|\+json$/.test(essence), charset };
}

/** What is declared to be in another character set is brought into UTF-8. */
function inUtf8(bytes: Buffer, charset: string | undefined): Buffer {
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return bytes;
  try {
    return Buffer.from(new TextDecoder(charset, { fatal: true }).decode(bytes), 'utf8');
  } catch {
    throw new ThroughlineError('unreadable-message', 'It is not in the character set that it is declared to be in.');
  }
}

function parsed(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new ThroughlineError('unreadable-message', 'It is not UTF-8.');
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ThroughlineError('unreadable-message', jsonFault(text));
  }
}

/**
 * The binding wants plain UTF-8, but what was carried over from HTTP is percent-encoded there. An escaped character beyond ASCII, in
 * a value that has none in the clear, is never meant as it stands; any other % may be, and is left alone.
 */
function unescaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is what is asked for
  if (!/%[89A-F][0-9A-F]/i.test(text) || /[^\x00-\x7f]/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
