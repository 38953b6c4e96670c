import { createHash } from 'node:crypto';
import type { JsonValue, ProjectionDefinition } from '@throughline/contracts';

/** Raised by whoever changes what the engine keeps, or how: every view is then built anew beside the old one. */
const FORMAT = 1;

/** The version of a projection: 16 hex digits of the hash of all that enters its result, its definitions included. */
export function versionOf<F, V>({ name, codeVersion, definitions }: ProjectionDefinition<F, V>): string {
  const text = JSON.stringify(sorted({ name, codeVersion, definitions, format: FORMAT }));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The same value says the same, in whatever order its names were written. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}
