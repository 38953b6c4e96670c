/**
 * How an event of ours is written as one of theirs.
 *
 * Id and type are theirs. Data is JSON: our `data`, with `personal`, when there is any, as its first member, as DESIGN 3 draws
 * an event. Metadata is JSON: `occurredAt`, then `personalBytes`, the length of the text of `personal` in UTF-8, then our
 * `metadata` as it is, `$correlationId` and `$causationId` included, which the server's own projections understand:
 *
 *     data      {"personal":{"traits":{"name":"Ada"}},"keys":[…],"facts":{…}}
 *     metadata  {"occurredAt":"2026-11-22T15:04:05.678Z","personalBytes":25,"source":"shop","$correlationId":"…"}
 *
 * So any tool reads plain JSON, while we take `personal`, and all before and after it, apart by their lengths and parse only
 * what is asked for: removing a member from the front leaves a text that needs nothing but a new first brace.
 *
 * An event that somebody else wrote is given back as well as it can be: its data and metadata where they are JSON objects,
 * `{}` where they are not; it has no `personal`, and occurred when it was recorded.
 */
import type { NewEvent } from '../port.ts';
import type { RawEvent } from './wire.ts';

const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;
const NOTHING = Buffer.from('{}');
const PERSONAL = Buffer.from('{"personal":');
/** More than the members that come first can take. */
const PREFIX_BYTES = 128;
const PREFIX =
  /^\{"occurredAt":(?:"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"|(-?\d[\d.e+-]*))(?:,"personalBytes":(\d+))?(?=[,}])/;

/** The texts that are sent. */
export interface WrittenEvent {
  readonly data: Buffer;
  readonly metadata: Buffer;
}

export function writeEvent({ occurredAt, data, personal, metadata }: NewEvent): WrittenEvent {
  let dataText = JSON.stringify(data);
  let prefix = `{"occurredAt":${timeText(occurredAt)}`;
  if (personal !== undefined) {
    const text = JSON.stringify(personal);
    prefix += `,"personalBytes":${Buffer.byteLength(text)}`;
    dataText = joined(`{"personal":${text}`, dataText);
  }
  return { data: Buffer.from(dataText), metadata: Buffer.from(joined(prefix, JSON.stringify(metadata))) };
}

/** An object's members after those of an unfinished one. */
function joined(open: string, object: string): string {
  return object === '{}' ? `${open}}` : `${open},${object.slice(1)}`;
}

/** RFC 3339 where that says the same, as it does but for fractions of milliseconds and very distant years. */
function timeText(time: number): string {
  const isWhole = Number.isInteger(time) && time >= -62_167_219_200_000 && time < 253_402_300_800_000;
  return isWhole ? `"${new Date(time).toISOString()}"` : String(time);
}

/** The parts of an event. Each is the text of a JSON object. */
export interface EventParts {
  readonly occurredAt: number;
  readonly data: Buffer;
  readonly personal: Buffer | undefined;
  readonly metadata: Buffer;
}

/** Takes an event apart. The parts are views of its bytes, some of which are changed for that: it can be done once. */
export function takeApart({ data, metadata, isJson, recordedAt }: RawEvent): EventParts {
  const found = isJson ? PREFIX.exec(metadata.toString('latin1', 0, PREFIX_BYTES)) : null;
  const personal = found?.[3] === undefined ? undefined : personalOf(data, Number(found[3]));
  if (found === null || (found[3] !== undefined && personal === undefined) || data[0] !== OPEN)
    return {
      occurredAt: recordedAt,
      data: isJson ? objectOf(data) : NOTHING,
      personal: undefined,
      metadata: objectOf(metadata),
    };
  return {
    occurredAt: found[1] === undefined ? Number(found[2]) : Date.parse(found[1]),
    data: personal ? restFrom(data, PERSONAL.length + personal.length) : data,
    personal,
    metadata: restFrom(metadata, found[0].length),
  };
}

function personalOf(data: Buffer, bytes: number): Buffer | undefined {
  const end = PERSONAL.length + bytes;
  const isThere =
    data.length > end &&
    data.compare(PERSONAL, 0, PERSONAL.length, 0, PERSONAL.length) === 0 &&
    data[PERSONAL.length] === OPEN &&
    data[end - 1] === CLOSE &&
    (data[end] === COMMA || (data[end] === CLOSE && end === data.length - 1));
  return isThere ? data.subarray(PERSONAL.length, end) : undefined;
}

/** The object that is left when all before a comma, or the closing brace, is taken away. */
function restFrom(text: Buffer, at: number): Buffer {
  if (text[at] !== COMMA) return NOTHING;
  text[at] = OPEN;
  return text.subarray(at);
}

/** Somebody else's bytes, if they are a JSON object. */
function objectOf(bytes: Buffer): Buffer {
  if (bytes.length === 0) return NOTHING;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? bytes : NOTHING;
  } catch {
    return NOTHING;
  }
}
