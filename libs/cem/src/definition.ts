/**
 * A score definition is data: a JSON document that says which touchpoints are evidence of what, how strong it is and how
 * fast it fades. `checkDefinition` reads one from outside; `SCORE_V1` is the one shipped.
 */

/** Said by the customer (surveys, reviews, complaints, words), or seen in what happened to them (waits, delays, repeats). */
export type Evidence = 'stated' | 'observed';

/** A test on one fact of a touchpoint; all that are given must hold. `fact` is a path into the facts (`sentiment.score`). */
export type Condition = {
  readonly fact: string;
  /** Equals one of these. */
  readonly in?: readonly (string | number | boolean)[];
  /** Equals none of these; an absent fact passes. */
  readonly notIn?: readonly (string | number | boolean)[];
};

/**
 * Facts that no single touchpoint has: they are joined from all of a customer's touchpoints when the view is finished.
 *
 * - `daysLate`: calendar days from the promise to the delivery of an order; negative when early.
 * - `repeatContact`: the how-manieth contact in a row about the same matter, each within `repeatContactDays` of the one
 *   before; from 2 up.
 * - `repeatOrder`: the how-manieth order, placed on a later day than the first; from 2 up.
 */
export const JOINED_FACTS = ['daysLate', 'repeatContact', 'repeatOrder'] as const;
export type JoinedFact = (typeof JOINED_FACTS)[number];

/**
 * Where a signal's value comes from: a fact of the touchpoints of some types (every type where `types` is absent), or a
 * joined fact. `fact` is a path into the facts, or one of the worked-out `happened` (1), `percent` (place on a survey's
 * scale, 0–100), `stars` (place on a review's scale, 1–5); true counts as 1 and false as 0.
 */
export type Origin =
  | { readonly types?: readonly string[]; readonly where?: readonly Condition[]; readonly fact: string }
  | { readonly joined: JoinedFact };

export type Signal = {
  readonly name: string;
  /** Why it is in, and why it weighs what it does. */
  readonly why: string;
  readonly from: Origin;
  /** Points [value, x] by rising value; x from 0 (as bad as can be) over 0.5 (nobody would mention it) to 1. Straight lines between, flat outside. */
  readonly curve: readonly (readonly [value: number, x: number])[];
  /** The reason in words, [from this value up, text]; `{value}`, `{abs}` and `{duration}` stand for the value, its size, and it as seconds. */
  readonly words: readonly (readonly [from: number, text: string])[];
  readonly dimension: string;
  readonly evidence: Evidence;
  /** In survey answers: 1 weighs as much as one answered question. */
  readonly weight: number;
  /** After so many days it weighs half. */
  readonly halfLifeDays: number;
};

export type ScoreDefinition = {
  readonly name: string;
  readonly version: number;
  /** x before any evidence, 0…1. */
  readonly prior: number;
  /** What the prior weighs, in survey answers. */
  readonly strength: number;
  /** With less evidence (Σ w) than this there is no score. */
  readonly enough: number;
  /** The most that one episode may weigh, in survey answers: a late order, the call about it and its complaint are one story. */
  readonly episodeCap: number;
  readonly repeatContactDays: number;
  readonly dimensions: Readonly<Record<string, { readonly weight: number; readonly meaning: string }>>;
  readonly signals: readonly Signal[];
};
