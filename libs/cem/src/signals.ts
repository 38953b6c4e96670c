import type { JsonValue, Touchpoint } from '@throughline/contracts';
import type { Condition, JoinedFact, ScoreDefinition, Signal } from './definition.ts';
import { factAt, pathOf, shareOfScale, starsOf } from './fact.ts';

/** One signal found in a touchpoint: which, and the value it has there. */
export interface Observation {
  /** Index into the definition's signals. */
  readonly signal: number;
  readonly value: number;
}

/** x is kept in ten-thousandths: an integer, so that sums depend on no order. */
export const X_SCALE = 10_000;

/** A definition made ready: what to look for in each type of touchpoint, and the curves as functions. */
export interface Signals {
  readonly definition: ScoreDefinition;
  /** Name and version of the definition. */
  readonly title: string;
  observe(touchpoint: Touchpoint): readonly Observation[];
  /** x of a value by the signal's curve, in ten-thousandths. */
  x(signal: number, value: number): number;
  /** The reason in words. */
  words(signal: number, value: number): string;
  /** The signals fed by a joined fact. */
  joined(fact: JoinedFact): readonly number[];
}

type Read = (touchpoint: Touchpoint) => number | undefined;

/** Facts that are worked out of several. */
const WORKED_OUT: Readonly<Record<string, Read>> = {
  happened: () => 1,
  percent: (touchpoint) => {
    const share = shareOfScale(touchpoint);
    return share === undefined ? undefined : 100 * share;
  },
  stars: starsOf,
};

const NOTHING: readonly Observation[] = [];

export function readSignals(definition: ScoreDefinition): Signals {
  const anyType: Find[] = [];
  const byType = new Map<string, Find[]>();
  const joined = new Map<JoinedFact, number[]>();
  definition.signals.forEach((signal, i) => {
    const from = signal.from;
    if ('joined' in from) {
      joined.set(from.joined, [...(joined.get(from.joined) ?? []), i]);
      return;
    }
    const find: Find = { signal: i, where: (from.where ?? []).map(compileCondition), read: compileFact(from.fact) };
    if (!from.types) anyType.push(find);
    for (const type of from.types ?? []) byType.set(type, [...(byType.get(type) ?? []), find]);
  });

  return {
    definition,
    title: `${definition.name} v${definition.version}`,
    observe(touchpoint) {
      let found: Observation[] | undefined;
      for (const finds of [byType.get(touchpoint.type), anyType]) {
        for (const { signal, where, read } of finds ?? []) {
          if (!where.every((holds) => holds(touchpoint))) continue;
          const value = read(touchpoint);
          if (value !== undefined) (found ??= []).push({ signal, value });
        }
      }
      return found ?? NOTHING;
    },
    x: (signal, value) => Math.round(X_SCALE * onCurve(definition.signals[signal]!.curve, value)),
    words: (signal, value) => inWords(definition.signals[signal]!.words, value),
    joined: (fact) => joined.get(fact) ?? [],
  };
}

interface Find {
  readonly signal: number;
  readonly where: readonly ((touchpoint: Touchpoint) => boolean)[];
  readonly read: Read;
}

function compileCondition(condition: Condition): (touchpoint: Touchpoint) => boolean {
  const among = condition.in && new Set<JsonValue | undefined>(condition.in);
  const path = pathOf(condition.fact);
  const notAmong = condition.notIn && new Set<JsonValue | undefined>(condition.notIn);
  return (touchpoint) => {
    const value = factAt(touchpoint.data.facts, path);
    return (!among || among.has(value)) && !notAmong?.has(value);
  };
}

function compileFact(name: string): Read {
  if (Object.hasOwn(WORKED_OUT, name)) return WORKED_OUT[name]!;
  const path = pathOf(name);
  return (touchpoint) => {
    const value = factAt(touchpoint.data.facts, path);
    if (typeof value === 'boolean') return value ? 1 : 0;
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
}

/** Piecewise-linear: straight between the points, flat outside. */
export function onCurve(curve: Signal['curve'], value: number): number {
  let [x0, y0] = curve[0]!;
  if (value <= x0) return y0;
  for (let i = 1; i < curve.length; i++) {
    const [x1, y1] = curve[i]!;
    if (value <= x1) return y0 + ((value - x0) / (x1 - x0)) * (y1 - y0);
    x0 = x1;
    y0 = y1;
  }
  return y0;
}

function inWords(words: Signal['words'], value: number): string {
  let text = words[0]![1];
  for (const [from, candidate] of words) if (value >= from) text = candidate;
  return text.replace(/\{(value|abs|duration)\}/, (_, form: string) =>
    form === 'duration' ? durationInWords(value) : shown(form === 'abs' ? Math.abs(value) : value),
  );
}

/** Seconds in the unit a person would use. */
function durationInWords(seconds: number): string {
  if (seconds < 10 * 60) return `${shown(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}
