import {
  compareForHome,
  DIMENSIONS,
  ENVELOPE_ATTRIBUTES,
  touchpointId,
  type Facts,
  type Identifier,
  type JsonObject,
  type Key,
  type Personal,
  type TouchpointData,
  type TouchpointInput,
  type TouchpointMetadata,
} from '@throughline/contracts';
import type { NewEvent } from '@throughline/event-log';
import { occurred } from './clock.ts';
import type { KeyRing } from './key-ring.ts';
import { drawn } from './text.ts';
import { schemaVersion } from './validate.ts';

/** When intake read it: epoch milliseconds, and the same as RFC 3339. */
export interface Received {
  readonly at: number;
  readonly text: string;
  /** Where intake read it, where that can be told: it stands with what the source itself says of the origin. */
  readonly place?: JsonObject;
  /** Of touchpoints that name none of their own. */
  readonly correlationId?: string;
  /** Its place in a trace, where it is traced. */
  readonly traceparent?: string;
}

/** Names in `facts` that are drawn from the text here, and believed from nobody else. */
const DRAWN = ['language', 'sentiment'] as const;

type Writable<T> = { -readonly [P in keyof T]: T[P] };

/** A valid touchpoint as an event: its keys made, its clock set right, its text read. What was found on the way stands in its flags. */
export function enrich(input: TouchpointInput, received: Received, ring: KeyRing): NewEvent {
  const flags: string[] = input.data.flags ? [...input.data.flags] : [];
  const schema = schemaVersion(input.type);
  if (schema === 0) flags.push('uncatalogued');

  const happened = occurred(input, received.at);
  if (happened.corrected) flags.push('clock-corrected');
  if (happened.future) flags.push('future');

  const { keys, personal } = who(input, ring, flags);
  const data: Writable<TouchpointData> = { keys, facts: facts(input, flags) };
  for (const dimension of DIMENSIONS) {
    const value = input.data[dimension];
    if (value !== undefined) data[dimension] = value;
  }

  const metadata: Writable<TouchpointMetadata> = {
    source: input.source,
    sourceId: input.id,
    receivedAt: received.text,
    schema,
  };
  if (happened.moved) metadata['claimedAt'] = input.time;
  const { origin } = input.data;
  if (origin || received.place) metadata['origin'] = received.place ? { ...origin, ...received.place } : origin!;
  if (flags.length > 0) metadata['flags'] = flags;
  const correlationId = input.correlationid ?? received.correlationId;
  if (correlationId !== undefined) metadata['$correlationId'] = correlationId;
  if (received.traceparent !== undefined) metadata['$traceparent'] = received.traceparent;

  const event = {
    id: touchpointId(input.source, input.id),
    type: input.type,
    occurredAt: happened.at,
    data: asJson(data),
    metadata: asJson(metadata),
  };
  return personal ? { ...event, personal: asJson(personal) } : event;
}

/** Made of nothing but JSON, which an interface without an index signature cannot say. */
function asJson(value: TouchpointData | TouchpointMetadata | Personal): JsonObject {
  return value as object as JsonObject;
}

function facts(input: TouchpointInput, flags: string[]): Facts {
  const sent = input.data.facts ?? {};
  const { text } = input.data;
  const claims = DRAWN.some((name) => Object.hasOwn(sent, name));
  if (!claims && !text) return sent;
  const own = { ...sent };
  for (const name of DRAWN) {
    if (!Object.hasOwn(own, name)) continue;
    delete own[name];
    flags.push(`untrusted:${name}`);
  }
  return text ? { ...own, ...drawn(text) } : own;
}

interface Who {
  readonly keys: readonly Key[];
  readonly personal: Personal | undefined;
}

function who(input: TouchpointInput, ring: KeyRing, flags: string[]): Who {
  const { identifiers: sent = [], traits, text } = input.data;
  const known: { readonly key: Key; readonly identifier: Identifier }[] = [];
  const refused: Identifier[] = [];
  for (const { type, value } of sent) {
    const keyed = ring.keyed(type, value);
    if (!keyed.ok) {
      if (value !== '') refused.push({ type, value });
      flags.push(`identifier-refused:${type}:${keyed.reason}`);
    } else if (!known.some(({ key }) => key.key === keyed.key.key)) {
      known.push({ key: keyed.key, identifier: { type, value: keyed.value } });
    }
  }
  if (known.length > 1) known.sort((a, b) => compareForHome(a.key, b.key));

  const personal: Writable<Personal> = {};
  if (known.length > 0) personal.identifiers = known.map(({ identifier }) => identifier);
  if (traits) personal.traits = traits;
  if (text !== undefined) personal.text = text;
  if (refused.length > 0) personal.refused = refused;
  const extensions = extensionsOf(input);
  if (extensions) personal.extensions = extensions;
  return { keys: known.map(({ key }) => key), personal: Object.keys(personal).length > 0 ? personal : undefined };
}

function extensionsOf(input: TouchpointInput): JsonObject | undefined {
  let extensions: Record<string, string> | undefined;
  for (const name in input) {
    if (!ENVELOPE_ATTRIBUTES.has(name)) (extensions ??= {})[name] = input[name as keyof TouchpointInput] as string;
  }
  return extensions;
}
