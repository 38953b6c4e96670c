import { createHash } from 'node:crypto';
import type { Company } from './company.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { ProjectionDefinition } from './view.ts';

/** Raised by whoever changes what the engine keeps, or how: every view is then built anew beside the old one. */
const FORMAT = 2;

/** Definitions given in place of the shipped ones, whole, by name: `{ "score": { … } }`. What is not named is the shipped one. */
export type Documents = JsonObject;

/**
 * A projection as its library exports it.
 *
 * @throws ThroughlineError `invalid-definition` for a document that the projection does not take, or that does not match its schema.
 */
export type ProjectionOf<F, V> = (company: Company, documents?: Documents) => ProjectionDefinition<F, V>;

/** The version of a projection: 16 hex digits of the hash of all that enters its result, its definitions included. */
export function versionOf<F, V>({ name, codeVersion, definitions }: ProjectionDefinition<F, V>): string {
  const text = JSON.stringify(sorted({ name, codeVersion, definitions, format: FORMAT }));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What the version is called when it is built for the n-th time beside itself: the first bears the bare name. */
export function buildOf(version: string, n: number): string {
  return n === 1 ? version : `${version}.${n}`;
}

/** The hash in a version's name, whichever build of it that is, and in however many parts it is kept. */
export function hashOf(version: string): string {
  return version.slice(0, 16);
}

/** The same value says the same, in whatever order its names were written. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}
