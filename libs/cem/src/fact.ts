import type { JsonValue, Touchpoint } from '@throughline/contracts';

/** The names on a dotted path into facts. */
export function pathOf(text: string): readonly string[] {
  return text.split('.');
}

/** What stands at a path in some facts; undefined for nothing. */
export function factAt(facts: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = facts;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, JsonValue | undefined>>)[name];
  }
  return at;
}

/** A fact as a finite number; undefined for anything else, whatever an uncatalogued type put there. */
export function numberAt(touchpoint: Touchpoint, name: string): number | undefined {
  const value = touchpoint.data.facts[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textAt(touchpoint: Touchpoint, name: string): string | undefined {
  const value = touchpoint.data.facts[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Epoch milliseconds of a fact that is a time. */
export function timeAt(touchpoint: Touchpoint, name: string): number | undefined {
  const ms = Date.parse(textAt(touchpoint, name) ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

/** Where an answer lies on its scale, 0…1; undefined when the scale or the score makes no sense. */
export function shareOfScale(touchpoint: Touchpoint, defaultMin?: number, defaultMax?: number): number | undefined {
  const score = numberAt(touchpoint, 'score');
  const min = numberAt(touchpoint, 'scaleMin') ?? defaultMin;
  const max = numberAt(touchpoint, 'scaleMax') ?? defaultMax;
  if (score === undefined || min === undefined || max === undefined || min >= max || score < min || score > max)
    return undefined;
  return (score - min) / (max - min);
}

/** A review as stars from 1 to 5, whatever its scale. */
export function starsOf(touchpoint: Touchpoint): number | undefined {
  const share = shareOfScale(touchpoint, 1, 5);
  return share === undefined ? undefined : 1 + 4 * share;
}

/** A duration no source can mean seriously would outweigh all others; it counts as thirty days. */
const LONGEST = 30 * 86_400;

/** A duration in whole seconds. */
export function secondsAt(touchpoint: Touchpoint, name: string): number | undefined {
  const seconds = numberAt(touchpoint, name);
  return seconds === undefined || seconds < 0 ? undefined : Math.min(LONGEST, Math.round(seconds));
}

/** The customer's own time in a contact, in whole seconds: wait, talk and hold; not the agent's work afterwards. */
export function customerSecondsOf(touchpoint: Touchpoint): number | undefined {
  const parts = ['waitSeconds', 'talkSeconds', 'holdSeconds'].map((name) => secondsAt(touchpoint, name));
  return parts.every((part) => part === undefined)
    ? undefined
    : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}
