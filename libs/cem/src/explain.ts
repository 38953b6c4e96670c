import { dayOf, type Company, type Day, type Touchpoint } from '@throughline/contracts';
import type { Evidence, ScoreDefinition } from './definition.ts';
import { SCORE_V1 } from './definitions/score.v1.ts';
import { textAt } from './fact.ts';
import { ownName } from './joins.ts';
import { byOwner, feeling, take } from './journey.ts';
import { orderRef, refsOf, tieOf } from './ref.ts';
import { applyToScore, emptyScoreFragment } from './score-fragment.ts';
import { hundredths, makeScorer, type Score } from './score.ts';
import { readSignals, X_SCALE } from './signals.ts';

/** Why the score is what it is: `prior` and the `points` of all parts add up to `score.score`, exactly, to the hundredth. */
export interface Explanation {
  readonly at: Day;
  /** Name and version of the score definition. */
  readonly definition: string;
  /** Points before any evidence. */
  readonly prior: number;
  readonly score: Score;
  /** One for each touchpoint, in order of time. */
  readonly parts: readonly ExplainedTouchpoint[];
}

export interface ExplainedTouchpoint {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly type: string;
  readonly channel?: string;
  /** What it adds to the score (or takes from it): 0 where it is no evidence; absent while there is no score. */
  readonly points?: number;
  /** The same by dimension. */
  readonly dimensions?: Readonly<Record<string, number>>;
  readonly reasons: readonly Reason[];
}

/** One signal in one touchpoint. */
export interface Reason {
  readonly signal: string;
  readonly dimension: string;
  readonly evidence: Evidence;
  /** In words: `waited 312 s on the phone`. */
  readonly why: string;
  /** −100 … 100. */
  readonly feeling: number;
  /** What it weighs on the day, in survey answers: faded, and capped by its episode. */
  readonly weight: number;
  readonly points?: number;
}

/**
 * Explains one customer's score from all of their touchpoints that count (retracted ones left out by the caller). It is the
 * fold and the arithmetic of the view itself, with the terms of the sum kept apart.
 *
 * Exactness: a term has more digits than are shown. Terms are cut to hundredths, and the hundredths that then lack are given to
 * those that were cut most (largest remainder), so that what is shown adds up.
 */
export function explain(
  touchpoints: Iterable<Touchpoint>,
  at: Day,
  company: Company,
  definition: ScoreDefinition = SCORE_V1,
): Explanation {
  const signals = readSignals(definition);
  const toDay = dayOf(company.timeZone);
  const scorer = makeScorer(signals, toDay);
  const inTime = [...touchpoints].sort((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1));

  const fragment = emptyScoreFragment();
  for (const touchpoint of inTime) applyToScore(fragment, touchpoint, signals.observe(touchpoint), signals, toDay);
  const { joined, episodes } = scorer.join(fragment);
  const { rows, units } = scorer.weighRows(fragment, joined, episodes, at);
  const weighed = scorer.sum({ rows, units }, at);
  const score = scorer.score(weighed);
  const prior = hundredths(100 * definition.prior);

  const unitOf = new Map(rows.map(([day, signal, episode], i) => [`${day}:${signal}:${episode}`, units[i]!]));
  const total = weighed.weights.reduce((sum, weight) => sum + weight, definition.strength);
  const owned = byOwner(joined);
  const terms: Term[] = [];
  const termsOf = inTime.map((touchpoint) => {
    const day = toDay(touchpoint.occurredAt);
    const episode = refsOf(touchpoint)[0] ?? 0;
    const found = signals.observe(touchpoint).map((observation) => ({ ...observation, day, episode }));
    const order = textAt(touchpoint, 'orderId');
    const owner = ownName(
      touchpoint.type,
      touchpoint.occurredAt,
      tieOf(touchpoint),
      order === undefined ? 0 : orderRef(order),
    );
    if (owner !== undefined) {
      found.push(
        ...take(owned, owner, signals).map(({ signal, value, joined: fact }) => ({
          signal,
          value,
          day: fact.day,
          episode: fact.episode,
        })),
      );
    }
    const own = found.map(({ signal, value, day: of, episode: story }): Term => {
      const x = signals.x(signal, value) / X_SCALE;
      const unit = unitOf.get(`${of}:${signal}:${story}`)!;
      return { signal, value, x, unit, points: (100 * unit * (x - definition.prior)) / total };
    });
    terms.push(...own);
    return own;
  });

  const shown =
    score.score === undefined
      ? undefined
      : apportion(
          terms.map((term) => 100 * term.points),
          Math.round(100 * (score.score - prior)),
        );
  let next = 0;
  const parts = inTime.map((touchpoint, i): ExplainedTouchpoint => {
    const reasons = termsOf[i]!.map((term): Reason => {
      const { name, dimension, evidence } = definition.signals[term.signal]!;
      const points = shown && hundredths(shown[next++]! / 100);
      return {
        signal: name,
        dimension,
        evidence,
        why: signals.words(term.signal, term.value),
        feeling: feeling(term.x),
        weight: hundredths(term.unit),
        ...(points !== undefined && { points }),
      };
    });
    const { id, occurredAt, type, data } = touchpoint;
    return {
      id,
      occurredAt,
      type,
      ...(data.channel !== undefined && { channel: data.channel }),
      ...(shown && { points: sumOf(reasons), dimensions: byDimension(reasons) }),
      reasons,
    };
  });
  return { at, definition: signals.title, prior, score, parts };
}

interface Term {
  readonly signal: number;
  readonly value: number;
  readonly x: number;
  readonly unit: number;
  readonly points: number;
}

/** Whole numbers near the exact ones that add up to `total`: cut down, and what then lacks given to the largest remainders. */
export function apportion(exact: readonly number[], total: number): number[] {
  const shares = exact.map(Math.floor);
  const byRemainder = exact.map((_, i) => i).sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b);
  let lacking = total - shares.reduce((sum, share) => sum + share, 0);
  for (let i = 0; lacking !== 0 && byRemainder.length; i = (i + 1) % byRemainder.length) {
    const at = lacking > 0 ? byRemainder[i]! : byRemainder[byRemainder.length - 1 - i]!;
    shares[at]! += Math.sign(lacking);
    lacking -= Math.sign(lacking);
  }
  return shares;
}

function sumOf(reasons: readonly Reason[]): number {
  return hundredths(reasons.reduce((sum, reason) => sum + (reason.points ?? 0), 0));
}

function byDimension(reasons: readonly Reason[]): Record<string, number> {
  const points: Record<string, number> = {};
  for (const reason of reasons)
    points[reason.dimension] = hundredths((points[reason.dimension] ?? 0) + (reason.points ?? 0));
  return points;
}
