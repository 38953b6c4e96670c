import { SHIPPED_RULES } from '@throughline/contracts';

/**
 * A version of a projection can be kept in several equal parts, each with a writer of its own: a subject, and a customer, belongs to
 * the part that the leading hex digit of its key says.
 */
export interface Part {
  /** From 0. */
  readonly index: number;
  /** How many there are: one of `PARTITIONS`. */
  readonly of: number;
}

export const PARTITIONS = [1, 2, 4, 8, 16] as const;

const DIGITS = 16;
const BETWEEN = 'x';
const IDENTITY = 'i';

/** The index of the part that a subject or a customer belongs to; of the first one for what can be neither. */
export function partOf(id: string, of: number): number {
  return Math.floor(((Number.parseInt(id.slice(0, 1), DIGITS) || 0) * of) / DIGITS);
}

/** The leading digits of all that belongs to the part. */
export function digitsOf({ index, of }: Part): readonly string[] {
  return Array.from({ length: DIGITS / of }, (_, i) => ((index * DIGITS) / of + i).toString(DIGITS));
}

/** The name of a version that is kept in so many parts: kept otherwise it is another version, built beside. */
export function partedVersion(version: string, of: number): string {
  return of === 1 ? version : version + BETWEEN + of;
}

/** The name of a version that is kept by identity's decisions of these rules: those of others make it another version, built beside. By the shipped rules it bears no number. */
export function versionAlong(version: string, rules: number): string {
  return rules === SHIPPED_RULES ? version : version + IDENTITY + rules;
}

/** What the version is called by itself: by whatever decisions of identity, and in whatever number of parts. */
export function bareVersion(version: string): string {
  return unpartedVersion(version).split(IDENTITY)[0]!;
}

/** What the version is called in whatever number of parts. */
export function unpartedVersion(version: string): string {
  return version.split(BETWEEN)[0]!;
}

/** By the decisions of which rules of identity the version of this name is kept. */
export function rulesOf(version: string): number {
  const [, rules] = unpartedVersion(version).split(IDENTITY);
  return rules === undefined ? SHIPPED_RULES : Number(rules);
}

/** In how many parts the version of this name is kept. */
export function partsOf(version: string): number {
  const [, of] = version.split(BETWEEN);
  return of === undefined ? 1 : Number(of);
}

/** One of the replicas that write the same views. Plain data: it can be handed to a thread. */
export interface Sharing {
  /** Its name among them. */
  readonly replica: string;
  /** In how many parts each view is kept. */
  readonly parts: number;
}
