import type { Day, Touchpoint } from '@throughline/contracts';
import { textAt, timeAt } from './fact.ts';
import { hash53, matterOf, orderRef, refsOf, tieOf, type Ref } from './ref.ts';
import type { Observation, Signals } from './signals.ts';
import { byAll, byColumns, insertSorted, mergeSorted } from './sorted.ts';

/** Evidence of one signal, one day, one episode (0: none named): how often, and the sum of x in ten-thousandths. */
export type EvidenceRow = [day: Day, signal: number, episode: Ref, n: number, sum: number];
/** Two matters that one touchpoint named together. */
export type LinkRow = [a: Ref, b: Ref];
/** An order: the day it was placed, the earliest promise and the latest delivery in epoch ms (0: unknown), and whether it was cancelled. */
export type OrderRow = [order: Ref, placed: Day, promised: number, delivered: number, cancelled: 0 | 1];
/** A contact: when, what about (0: not said), whether it was said to be the first of its matter (0 not said, 1 yes, 2 no), and its channel. */
export type ContactRow = [ms: number, tie: number, matter: Ref, reason: number, first: 0 | 1 | 2, channel: string];

/**
 * All that a score is made of: integers per (signal, day, episode), and the complete short lists from which facts are joined
 * that no single touchpoint has. Every list is sorted, so the fragment is a function of the set of touchpoints.
 */
export interface ScoreFragment {
  evidence: EvidenceRow[];
  links: LinkRow[];
  orders: OrderRow[];
  contacts: ContactRow[];
}

const EVIDENCE = byColumns(3);
const LINK = byColumns(2);
const ORDER = byColumns(1);

export function emptyScoreFragment(): ScoreFragment {
  return { evidence: [], links: [], orders: [], contacts: [] };
}

/** Adds one touchpoint, with what was observed in it. Changes the fragment. */
export function applyToScore(
  fragment: ScoreFragment,
  touchpoint: Touchpoint,
  observations: readonly Observation[],
  signals: Signals,
  dayOf: (ms: number) => Day,
): void {
  const refs = refsOf(touchpoint);
  if (observations.length) {
    const day = dayOf(touchpoint.occurredAt);
    for (const { signal, value } of observations) {
      const row: EvidenceRow = [day, signal, refs[0] ?? 0, 1, signals.x(signal, value)];
      insertSorted(fragment.evidence, row, EVIDENCE, addEvidence);
    }
  }
  for (let i = 1; i < refs.length; i++) {
    const [a, b] = [refs[0]!, refs[i]!];
    const link: LinkRow = a < b ? [a, b] : [b, a];
    insertSorted(fragment.links, link, LINK, keep);
  }
  JOINS[touchpoint.type]?.(fragment, touchpoint, dayOf);
}

/** The types from which facts are joined. */
const JOINS: Readonly<
  Record<string, (fragment: ScoreFragment, touchpoint: Touchpoint, dayOf: (ms: number) => Day) => void>
> = {
  'order.placed': applyOrder,
  'order.delivered': applyOrder,
  'order.cancelled': applyOrder,
  'call.ended': applyContact,
  'chat.ended': applyContact,
};

function applyOrder(fragment: ScoreFragment, touchpoint: Touchpoint, dayOf: (ms: number) => Day): void {
  const id = textAt(touchpoint, 'orderId');
  if (id === undefined) return;
  const { type, occurredAt } = touchpoint;
  const row: OrderRow = [
    orderRef(id),
    type === 'order.placed' ? dayOf(occurredAt) : 0,
    timeAt(touchpoint, 'promisedBy') ?? 0,
    type === 'order.delivered' ? occurredAt : 0,
    type === 'order.cancelled' ? 1 : 0,
  ];
  insertSorted(fragment.orders, row, ORDER, joinOrder);
}

function applyContact(fragment: ScoreFragment, touchpoint: Touchpoint): void {
  const { facts, channel } = touchpoint.data;
  if (facts['outcome'] === 'phantom') return;
  const reason = textAt(touchpoint, 'reason');
  const first = facts['firstContact'];
  const row: ContactRow = [
    touchpoint.occurredAt,
    tieOf(touchpoint),
    matterOf(touchpoint),
    reason === undefined ? 0 : hash53(`reason:${reason}`),
    first === true ? 1 : first === false ? 2 : 0,
    channel ?? '',
  ];
  insertSorted(fragment.contacts, row, byAll);
}

/** Leaves both alone. */
export function mergeScoreFragments(a: ScoreFragment, b: ScoreFragment): ScoreFragment {
  return {
    evidence: mergeSorted(a.evidence, b.evidence, EVIDENCE, addEvidence),
    links: mergeSorted(a.links, b.links, LINK, keep),
    orders: mergeSorted(a.orders, b.orders, ORDER, joinOrder),
    contacts: mergeSorted(a.contacts, b.contacts, byAll),
  };
}

const keep = <T>(old: T): T => old;

function addEvidence(a: EvidenceRow, b: EvidenceRow): EvidenceRow {
  return [a[0], a[1], a[2], a[3] + b[3], a[4] + b[4]];
}

/** The first promise is the one the customer was given; an order in parts is delivered with its last part. */
function joinOrder(a: OrderRow, b: OrderRow): OrderRow {
  return [a[0], earliest(a[1], b[1]), earliest(a[2], b[2]), latest(a[3], b[3]), a[4] || b[4]];
}

/** Of two times of which 0 is unknown. */
function earliest(a: number, b: number): number {
  return a === 0 ? b : b === 0 ? a : Math.min(a, b);
}

function latest(a: number, b: number): number {
  return a === 0 ? b : b === 0 ? a : Math.max(a, b);
}
