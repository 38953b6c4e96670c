import type { Touchpoint } from '@throughline/contracts';
import type { ScoreDefinition } from './definition.ts';
import { textAt } from './fact.ts';
import { ownerOf, ownName, type Joined } from './joins.ts';
import { orderRef, tieOf, type Ref } from './ref.ts';
import { X_SCALE, type Observation, type Signals } from './signals.ts';
import { byAll, insertSorted, mergeSorted } from './sorted.ts';

/** A touchpoint as the journey keeps it: when, which, on what channel, of which order (0: none), and each signal with its value in turn. */
export type StepRow = [ms: number, tie: number, type: string, channel: string, order: Ref, ...observed: number[]];

/** One step of the journey, and how it felt. */
export interface Step {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly type: string;
  readonly channel?: string;
  /** −100 (as bad as can be) … 0 (nobody would mention it) … 100; absent where nothing tells. */
  readonly feeling?: number;
  /** What tells, in words. */
  readonly why: readonly string[];
}

/** The journey shows so many steps, the latest. */
export const JOURNEY_STEPS = 50;

/** So many, and so slight, that they are counted and not shown one by one. */
const QUIET = new Set([
  'page.viewed',
  'product.viewed',
  'email.delivered',
  'email.opened',
  'email.clicked',
  'campaign.withheld',
]);

export function isQuiet(type: string): boolean {
  return QUIET.has(type);
}

/** Keeps a touchpoint among the latest steps. Changes `steps`. */
export function applyStep(steps: StepRow[], touchpoint: Touchpoint, observations: readonly Observation[]): void {
  const { type, occurredAt, data } = touchpoint;
  if (steps.length >= JOURNEY_STEPS && occurredAt < steps[0]![0]) return;
  const order = textAt(touchpoint, 'orderId');
  const row: StepRow = [
    occurredAt,
    tieOf(touchpoint),
    type,
    data.channel ?? '',
    order === undefined ? 0 : orderRef(order),
  ];
  for (const { signal, value } of observations) row.push(signal, Math.round(value * 10) / 10 + 0);
  insertSorted(steps, row, byAll);
  if (steps.length > JOURNEY_STEPS) steps.shift();
}

/** The latest of both. Leaves both alone. */
export function mergeSteps(a: readonly StepRow[], b: readonly StepRow[]): StepRow[] {
  return mergeSorted(a, b, byAll).slice(-JOURNEY_STEPS);
}

/** The journey in order of time, with what was joined from other touchpoints shown on the step it belongs to. */
export function journey(steps: readonly StepRow[], joined: readonly Joined[], signals: Signals): Step[] {
  const owned = byOwner(joined);
  return steps.map((row) => {
    const [occurredAt, tie, type, channel, order] = row;
    const observations: Observation[] = [];
    for (let i = 5; i + 1 < row.length; i += 2)
      observations.push({ signal: row[i] as number, value: row[i + 1] as number });
    const owner = owned.size ? ownName(type, occurredAt, tie, order) : undefined;
    if (owner !== undefined) observations.push(...take(owned, owner, signals));
    const feeling = feelingOf(observations, signals);
    return {
      occurredAt,
      type,
      ...(channel !== '' && { channel }),
      ...(feeling !== undefined && { feeling }),
      why: observations.map(({ signal, value }) => signals.words(signal, value)),
    };
  });
}

/** Joined facts by the touchpoint they show on. */
export function byOwner(joined: readonly Joined[]): Map<string, Joined[]> {
  const owned = new Map<string, Joined[]>();
  for (const fact of joined) owned.set(ownerOf(fact), [...(owned.get(ownerOf(fact)) ?? []), fact]);
  return owned;
}

/** Takes what one touchpoint owns, as observations; a second one of the same name finds only what is left. */
export function take(
  owned: Map<string, Joined[]>,
  owner: string,
  signals: Signals,
): (Observation & { joined: Joined })[] {
  const fact = owned.get(owner)?.shift();
  return fact ? signals.joined(fact.fact).map((signal) => ({ signal, value: fact.value, joined: fact })) : [];
}

/** The weighted middle of what was observed, on a scale from −100 to 100. */
function feelingOf(observations: readonly Observation[], signals: Signals): number | undefined {
  const { signals: definitions }: ScoreDefinition = signals.definition;
  let weight = 0;
  let sum = 0;
  for (const { signal, value } of observations) {
    weight += definitions[signal]!.weight;
    sum += definitions[signal]!.weight * signals.x(signal, value);
  }
  return weight === 0 ? undefined : feeling(sum / weight / X_SCALE);
}

/** x from 0 to 1 as a feeling from −100 to 100. */
export function feeling(x: number): number {
  return Math.round(200 * x - 100) + 0;
}
