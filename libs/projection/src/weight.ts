/** What V8 takes, roughly: for a text beside its letters, for an object or list beside what it holds, for a place in it, for a fraction. */
const TEXT = 24;
const OBJECT = 48;
const PLACE = 8;
const FRACTION = 16;

/** About how many bytes of memory a plain value takes: right to some tens of percent, which is what a bound on memory needs. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return TEXT + value.length;
  if (typeof value === 'number') return Number.isInteger(value) ? 0 : FRACTION;
  if (typeof value !== 'object' || value === null) return 0;
  if (ArrayBuffer.isView(value)) return OBJECT + value.byteLength;
  let weight = OBJECT;
  if (value instanceof Map) for (const [key, held] of value) weight += 2 * PLACE + weightOf(key) + weightOf(held);
  else if (value instanceof Set || Array.isArray(value)) for (const held of value) weight += PLACE + weightOf(held);
  else for (const name in value) weight += PLACE + weightOf((value as Readonly<Record<string, unknown>>)[name]);
  return weight;
}
