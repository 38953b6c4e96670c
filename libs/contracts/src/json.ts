export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** How large a free-form object of a touchpoint (facts, traits, origin) may be. */
export const JSON_BOUNDS = {
  /** Objects and lists within each other, the outermost counted. */
  depth: 8,
  /** Characters of names and strings, plus one for every other value. */
  size: 65_536,
} as const;

/** A plain JSON object within `JSON_BOUNDS`, its numbers finite: `1e999` is JSON, but no number that can be kept. */
export function isBoundedObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && weigh(value, 1) <= JSON_BOUNDS.size;
}

function weigh(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return Number.isFinite(value) ? 1 : Infinity;
  if (typeof value !== 'object' || value === null) return 1;
  if (depth > JSON_BOUNDS.depth) return Infinity;
  let size = 1;
  if (Array.isArray(value)) for (const item of value) size += weigh(item, depth + 1);
  else for (const name in value) size += name.length + weigh((value as Record<string, unknown>)[name], depth + 1);
  return size;
}
