/** Identity's versions are those of its rules: what they are called, and which of them the views of other projections are kept by. ADR 15. */
import { SHIPPED_RULES, type Documents, type JsonObject } from '@throughline/contracts';
import type { Shown, VersionsState } from './ledger.ts';

/** Of the rules that the code brings along. */
export const SHIPPED_IDENTITY = `v${SHIPPED_RULES}`;

/** What a version of identity is called: `v` and the number that its rules bear. It names their stream of decisions, so code has no part in it. */
export function identityName({ rules }: Documents): string {
  return rules === undefined ? SHIPPED_IDENTITY : `v${(rules as JsonObject)['version'] as number}`;
}

/** The number in the name. */
export function rulesVersion(name: string): number {
  return Number(name.slice(1));
}

/** By which versions of identity views are kept. */
export interface Identities {
  /** Readers are given views by this one. */
  readonly shown: string;
  /** Every one that what readers are given is kept by: going back is then a switch, not a rebuilding. */
  readonly kept: readonly string[];
}

/** By identity's control stream. */
export function identitiesOf({ live, previous, shown }: VersionsState): Identities {
  const last = shown.at(-1)?.version ?? SHIPPED_IDENTITY;
  const decides = live?.version ?? SHIPPED_IDENTITY;
  const kept = new Set([last, decides, ...(previous ? [previous.version] : [])]);
  return { shown: last, kept: [...kept] };
}

/** The version of identity that views were read by, by what was known. */
export function shownThen({ shown }: VersionsState, isKnown: (shown: Shown) => boolean): string {
  return shown.findLast(isKnown)?.version ?? SHIPPED_IDENTITY;
}

/** What a version of identity decides by; nothing for the shipped one. */
export function documentsOfIdentity({ replays }: VersionsState, name: string): Documents {
  for (const { version, documents } of replays.values()) if (version === name) return documents;
  return {};
}
