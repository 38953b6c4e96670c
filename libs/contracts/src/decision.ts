/** What identity decides, as events of `identity-v<n>`. They name keys, never values. */
import type { JsonObject } from './json.ts';
import type { Key } from './touchpoint.ts';

/** Every decision: what it follows from, and which keys now stand with which customer. */
export interface Decision extends JsonObject {
  /** Position of the touchpoint or request that caused it: a replay to N takes the decisions caused at or before N. */
  readonly cause: string;
  /** Id of the causing event. */
  readonly causeId: string;
  /** The customer the keys stand with from here on. */
  readonly customer: string;
  /** The keys that moved; all of them, and no other. */
  readonly keys: readonly (Key & JsonObject)[];
}

/** `keys.linked`: keys that had no customer of their own joined one. */
export interface KeysLinked extends Decision {}

/** `customers.merged`: a younger customer (and all keys it had) went into an older one, whose id survives. */
export interface CustomersMerged extends Decision {
  readonly absorbed: string;
}

/** `customer.split`: keys left `from` for `customer`, whose id revives or is minted. */
export interface CustomerSplit extends Decision {
  readonly from: string;
}

/** `link.refused`: evidence that was not believed, and why; `keys` is empty. */
export interface LinkRefused extends Decision {
  readonly a: Key & JsonObject;
  readonly b: Key & JsonObject;
  readonly reason: RefusalReason;
}

export type RefusalReason = 'unique' | 'limit' | 'shared' | 'hub' | 'separated' | 'blocked' | 'too-large';

export const DECISION_TYPES = ['keys.linked', 'customers.merged', 'customer.split', 'link.refused'] as const;
export type DecisionType = (typeof DECISION_TYPES)[number];

/** Stewards' requests, as events of `identity-requests`. Each has an author and a reason. */
interface Request extends JsonObject {
  readonly author: string;
  readonly reason: string;
}

/** `identity.link-requested`: these two are one customer. */
export interface LinkRequested extends Request {
  readonly a: Key & JsonObject;
  readonly b: Key & JsonObject;
}

/** `identity.split-requested`: no key of `apart` is the same customer as any key of `rest`. */
export interface SplitRequested extends Request {
  readonly apart: readonly (Key & JsonObject)[];
  readonly rest: readonly (Key & JsonObject)[];
}

/** `identity.move-requested`: these touchpoints of one subject count for another: by id, or by a span of `occurredAt` (from ≤ t < to, RFC 3339). */
export interface MoveRequested extends Request {
  readonly from: string;
  readonly to: string;
  readonly touchpoints?: readonly string[];
  readonly span?: { readonly from: string; readonly to: string };
}

/** `identity.request-undone`: the named request counts no longer. */
export interface RequestUndone extends Request {
  readonly requestId: string;
}

export const REQUEST_TYPES = [
  'identity.link-requested',
  'identity.split-requested',
  'identity.move-requested',
  'identity.request-undone',
] as const;
export type RequestType = (typeof REQUEST_TYPES)[number];
