/** Identity's evidence as its store keeps it: read by whoever decides or previews, written by the one who decides. */
import type { JsonObject } from './json.ts';
import type { Position } from './position.ts';
import type { RequestType } from './decision.ts';

/**
 * What a type of key stands for. `person`: it identifies somebody. `matter`: an order, a case; it joins what it is seen
 * with, but identifies nobody. `device`: it belongs to whoever is seen with it first, and never joins two people.
 */
export const KEY_KINDS = ['person', 'matter', 'device'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** Which side of a steward's split a key stands on. */
export type Side = 'apart' | 'rest';

export interface KeyRecord {
  readonly type: string;
  /** The customer it stands with; itself when it stands alone. */
  readonly customer: string;
  /** Position of the first touchpoint it was the home of; absent while it never was one. */
  readonly firstHome?: Position;
  /** How many distinct keys of each kind it was seen with. */
  readonly neighbours: Readonly<Record<KeyKind, number>>;
  /** Keys that stewards linked it to. */
  readonly links: readonly string[];
  /** The splits in force that name it, by request id. */
  readonly splits: ReadonlyMap<string, Side>;
}

/** When something was first said, and by which event. */
export interface Evidence {
  /** `occurredAt`, epoch milliseconds. */
  readonly at: number;
  readonly id: string;
}

/** Two keys that were seen together, or that a steward linked. */
export interface EdgeRecord {
  /** The least, by (at, id), of the touchpoints that show both; absent when only stewards say so. */
  readonly first?: Evidence;
  /** There may be further touchpoints that show both. */
  readonly more: boolean;
  /** Stewards' links in force. */
  readonly links: readonly Evidence[];
}

/** The order in which links are accepted: priority, time, event id; then the two keys, since one event can show several links. */
export type Rank = readonly [priority: number, at: number, id: string, a: string, b: string];

/** What the rules ask of a customer's keys, so that most questions need no look at the keys. */
export interface CustomerRecord {
  /** Number of keys by type. */
  readonly counts: ReadonlyMap<string, number>;
  /** By split in force, the side its keys stand on. */
  readonly splits: ReadonlyMap<string, Side>;
  /** No link that holds the customer together is weaker than this one; absent for a key alone. */
  readonly last?: Rank;
}

export interface RequestRecord {
  /** Absent when its undoing was seen first. */
  readonly request?: { readonly type: RequestType; readonly at: number; readonly data: JsonObject };
  readonly undone: boolean;
}

/** Identity's evidence and its answer, as of one commit. */
export interface IdentityGraph {
  key(key: string): KeyRecord | undefined;
  /** In either order of the keys. */
  edge(a: string, b: string): EdgeRecord | undefined;
  /** The keys of a kind that it was seen with, in text order. */
  neighbours(key: string, kind: KeyKind): readonly string[];
  /** Undefined for a key that stands alone. */
  customer(id: string): CustomerRecord | undefined;
  /** A customer's keys in text order; only itself for a key that stands alone. */
  members(id: string): readonly string[];
  request(id: string): RequestRecord | undefined;
  /** Whether a touchpoint was retracted: its subject, followed by its id. */
  retracted(touchpoint: string): boolean;
}

/** What one step of identity changed, to be committed as one. `undefined` removes. */
export interface GraphChanges {
  readonly keys: ReadonlyMap<string, KeyRecord>;
  readonly edges: ReadonlyMap<string, EdgeChange>;
  readonly customers: ReadonlyMap<string, CustomerRecord | undefined>;
  /** By customer, then key: whether it is one of its keys. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
  readonly requests: ReadonlyMap<string, RequestRecord>;
  readonly retracted: ReadonlySet<string>;
}

export interface EdgeChange {
  readonly a: string;
  readonly b: string;
  readonly kindOfA: KeyKind;
  readonly kindOfB: KeyKind;
  readonly edge: EdgeRecord | undefined;
}
