import type { JsonObject, JsonValue } from './json.ts';

/** An identifier as the graph, the shards and the streams know it: its type, and the keyed hash of its value (32 hex digits). */
export interface Key {
  readonly type: string;
  readonly key: string;
}

/** An identifier in the clear. Personal data: it lives in `personal` and nowhere else. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/** An amount in minor units (cents) of an ISO 4217 currency. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** The parts of an experience, which are its dimensions everywhere. All optional. */
export const DIMENSIONS = ['channel', 'brand', 'market', 'platform', 'product', 'team', 'process'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What happened. Nothing in here identifies a person. Times are RFC 3339, durations seconds, money `Money`. */
export type Facts = JsonObject;

/** Who. Nothing but personal data in here; sealed and shredded as one. */
export interface Personal {
  /** In the order of `data.keys`, one for one: the only way to tell which value a key stands for. */
  readonly identifiers?: readonly Identifier[];
  readonly traits?: JsonObject;
  readonly text?: string;
  /** What was sent as an identifier and is none: empty, made up or malformed. No key was made of it. */
  readonly refused?: readonly Identifier[];
  /** Attributes of the envelope that Throughline gives no meaning: nobody knows what is in them. */
  readonly extensions?: JsonObject;
}

/** Everything of a touchpoint but who. */
export interface TouchpointData extends Readonly<Partial<Record<Dimension, string>>> {
  /** Every identifier's key, the home first; empty for a touchpoint about nobody known. */
  readonly keys: readonly Key[];
  readonly facts: Facts;
}

export interface TouchpointMetadata {
  readonly source: string;
  readonly sourceId: string;
  /** RFC 3339, when intake read it. */
  readonly receivedAt: string;
  /** RFC 3339, the time as sent, where `sentat` led to another `occurredAt`. */
  readonly claimedAt?: string;
  /** Version of the type's schema, for upcasters; 0 for a type outside the catalogue. */
  readonly schema: number;
  /** Where it came from, for tracing back: a topic's offset, a file's line. */
  readonly origin?: JsonObject;
  /** What intake found worth saying: `clock-corrected`, `future`, `uncatalogued`, `identifier-refused:<type>:<reason>`, `simulated`… */
  readonly flags?: readonly string[];
  /** Ties together what one cause led to: as the source says, else that of the request or message it came in. */
  readonly $correlationId?: string;
  /** Where it stands in a trace, as W3C Trace Context says it: only of what was traced at intake. */
  readonly $traceparent?: string;
  readonly [name: string]: JsonValue | undefined;
}

/** One touchpoint as the log gives it back. `data`, `personal` and `metadata` may be parsed only when first read. */
export interface Touchpoint {
  /** UUIDv5 of source and the source's own id, so that re-delivery is the same event. */
  readonly id: string;
  readonly type: string;
  /** When it happened to the customer, epoch milliseconds. */
  readonly occurredAt: number;
  /** When the log recorded it, epoch milliseconds. */
  readonly recordedAt: number;
  readonly data: TouchpointData;
  /** Absent when there was none, or when it was shredded: folds treat both alike. */
  readonly personal: Personal | undefined;
  readonly metadata: TouchpointMetadata;
}

/** The touchpoint types with which the engine deals itself; no fold sees them. */
export const RETRACTED = 'touchpoint.retracted';
export const DUPLICATED = 'touchpoint.duplicated';

/** `facts` of both: the id of the touchpoint, in the same stream, that no longer counts. */
export interface RetractionFacts extends JsonObject {
  readonly touchpointId: string;
}
