import { wilson, type Day } from '@throughline/contracts';
import type { ScoreDefinition, Signal } from './definition.ts';
import { episodesOf, join, type Episodes, type Joined } from './joins.ts';
import type { EvidenceRow, ScoreFragment } from './score-fragment.ts';
import { X_SCALE, type Signals } from './signals.ts';

/**
 * One figure out of evidence: 100 · (prior + Σ w·(x − prior) / (Σ w + S)).
 *
 * `score` is in points from 0 to 100, to the hundredth; undefined where `evidence` (Σ w, in survey answers, to the
 * hundredth) is not enough. `interval` is Wilson's, 95 %, with x̄ as the share and Σ w + S as n: w answers at x are taken for w
 * answers of which the share x was good. As nothing in 0…1 varies more than a yes or no, it errs on the wide side.
 */
export interface PartScore {
  readonly score: number | undefined;
  readonly evidence: number;
  readonly interval: readonly [low: number, high: number] | undefined;
}

export interface Score extends PartScore {
  /** Whether there is evidence enough for a score. Silence is not an average experience. */
  readonly enough: boolean;
  /** By dimension; only those with any evidence. */
  readonly dimensions: Readonly<Record<string, PartScore>>;
  /** What they said. */
  readonly stated: PartScore;
  /** What happened to them. */
  readonly observed: PartScore;
  /** Stated less observed, in points: above 0 they speak better of it than it was. */
  readonly gap: number | undefined;
}

/** One kind of evidence, which fades as one: a dimension, stated or observed, a half-life. */
export interface EvidenceClass {
  readonly dimension: string;
  readonly evidence: Signal['evidence'];
  readonly halfLifeDays: number;
}

/** Σ w and Σ w·x, by class. */
interface Sums {
  readonly weights: Float64Array;
  readonly sums: Float64Array;
}

/** A customer's evidence by class, faded to one day: all that scores are computed from. */
export interface Weighed extends Sums {
  readonly at: Day;
  /** Some evidence is dated after `at`: it does not fade before its day, so it does not fade as one with its class. */
  readonly hasFuture: boolean;
}

/** Every row of evidence, joined ones after the folded ones, and what one observation of each weighs on the day. */
export interface WeighedRows {
  readonly rows: readonly EvidenceRow[];
  /** By row: weight of one observation, by its signal and dimension, capped by its episode, faded to the day. */
  readonly units: readonly number[];
}

export interface Scorer {
  join(fragment: ScoreFragment): { joined: Joined[]; episodes: Episodes };
  weighRows(fragment: ScoreFragment, joined: readonly Joined[], episodes: Episodes, at: Day): WeighedRows;
  sum(weighed: WeighedRows, at: Day): Weighed;
  score(weighed: Weighed): Score;
  nextChange(weighed: Weighed): Day | undefined;
}

/** How many days ahead a change is looked for; after as many, finishing once more finds the next. */
const HORIZON = 32;

/** Rows are read by their columns here, not taken apart: this runs for every customer that anything happened to. */
export function makeScorer(signals: Signals, dayOf: (ms: number) => Day): Scorer {
  const definition = signals.definition;
  const { classes, classOf } = classify(definition);
  /** Signal and dimension, before any cap or fading. */
  const fullWeight = definition.signals.map(
    (signal) => signal.weight * definition.dimensions[signal.dimension]!.weight,
  );
  const fade = classes.map((c) => fader(c.halfLifeDays));
  const dimensions = [...new Set(classes.map((c) => c.dimension))];
  const classesOfDimension = dimensions.map((dimension) => indexes(classes, (c) => c.dimension === dimension));
  const all = indexes(classes, () => true);
  const stated = indexes(classes, (c) => c.evidence === 'stated');
  const observed = indexes(classes, (c) => c.evidence === 'observed');

  function weighRows(fragment: ScoreFragment, joined: readonly Joined[], episodes: Episodes, at: Day): WeighedRows {
    const rows: EvidenceRow[] = fragment.evidence.slice();
    for (const { fact, value, day, episode } of joined) {
      for (const signal of signals.joined(fact)) rows.push([day, signal, episode, 1, signals.x(signal, value)]);
    }
    /** By row: its story's place in `told`. */
    const places: number[] = [];
    /** What each story weighs in all. */
    const told: number[] = [];
    const placeOf = new Map<number, number>();
    for (const row of rows) {
      // Evidence that names no matter is told with all such evidence of its day.
      const story = row[2] === 0 ? -1 - row[0] : episodes.of(row[2]);
      let place = placeOf.get(story);
      if (place === undefined) placeOf.set(story, (place = told.push(0) - 1));
      told[place]! += row[3] * fullWeight[row[1]]!;
      places.push(place);
    }
    const units: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const cap = Math.min(1, definition.episodeCap / told[places[i]!]!);
      // What is dated ahead has not begun to fade.
      units.push(fullWeight[row[1]]! * cap * fade[classOf[row[1]]!]!(Math.max(0, at - row[0])));
    }
    return { rows, units };
  }

  function sum({ rows, units }: WeighedRows, at: Day): Weighed {
    const weights = new Float64Array(classes.length);
    const sums = new Float64Array(classes.length);
    let hasFuture = false;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const c = classOf[row[1]]!;
      weights[c]! += units[i]! * row[3];
      sums[c]! += (units[i]! * row[4]) / X_SCALE;
      if (row[0] > at) hasFuture = true;
    }
    return { at, weights, sums, hasFuture };
  }

  function weightOf({ weights }: Sums, of: readonly number[]): number {
    let weight = 0;
    for (const c of of) weight += weights[c]!;
    return weight;
  }

  /** In hundredths of points, exactly as shown; NaN where there is not enough evidence. */
  function pointsOf(evidence: Sums, of: readonly number[]): number {
    const weight = weightOf(evidence, of);
    if (weight < definition.enough) return NaN;
    let sum = definition.strength * definition.prior;
    for (const c of of) sum += evidence.sums[c]!;
    return hundredths((100 * sum) / (weight + definition.strength));
  }

  function part(weighed: Weighed, of: readonly number[]): PartScore {
    const weight = weightOf(weighed, of);
    const score = pointsOf(weighed, of);
    const evidence = hundredths(weight);
    if (Number.isNaN(score)) return { score: undefined, evidence, interval: undefined };
    const n = weight + definition.strength;
    const [low, high] = wilson(n, (n * score) / 100);
    return { score, evidence, interval: [hundredths(100 * low), hundredths(100 * high)] };
  }

  function score(weighed: Weighed): Score {
    const overall = part(weighed, all);
    const said = part(weighed, stated);
    const seen = part(weighed, observed);
    const byDimension: Record<string, PartScore> = {};
    for (let i = 0; i < dimensions.length; i++) {
      const scored = part(weighed, classesOfDimension[i]!);
      if (scored.evidence > 0) byDimension[dimensions[i]!] = scored;
    }
    return {
      score: overall.score,
      enough: overall.score !== undefined,
      evidence: overall.evidence,
      interval: overall.interval,
      dimensions: byDimension,
      stated: said,
      observed: seen,
      gap: said.score === undefined || seen.score === undefined ? undefined : hundredths(said.score - seen.score),
    };
  }

  /** What indexes and cells show of a score, as whole numbers, written into `figures`: NaN for what is absent. */
  function shown(weighed: Sums, figures: Float64Array): Float64Array {
    const said = pointsOf(weighed, stated);
    const seen = pointsOf(weighed, observed);
    figures[0] = wholePoints(pointsOf(weighed, all));
    figures[1] = wholePoints(hundredths(weightOf(weighed, all)));
    figures[2] = wholePoints(said);
    figures[3] = wholePoints(seen);
    figures[4] = wholePoints(hundredths(said - seen));
    for (let i = 0; i < classesOfDimension.length; i++)
      figures[5 + i] = wholePoints(pointsOf(weighed, classesOfDimension[i]!));
    return figures;
  }

  /**
   * Evidence of one class fades as one, so any day ahead costs one multiplication a class, and the first day that moves a
   * whole point is found by looking at each of the next `HORIZON`.
   */
  function nextChange({ at, weights, sums, hasFuture }: Weighed): Day | undefined {
    if (hasFuture) return at + 1;
    const now = shown({ weights, sums }, new Float64Array(5 + dimensions.length));
    // Evidence only fades: what is not enough today never will be.
    if (now.every((figure) => Number.isNaN(figure) || figure === 0) && Number.isNaN(now[0])) return undefined;
    const later = { weights: new Float64Array(classes.length), sums: new Float64Array(classes.length) };
    const then = new Float64Array(now.length);
    for (let day = at + 1; day < at + HORIZON; day++) {
      for (let c = 0; c < classes.length; c++) {
        if (weights[c] === 0) continue;
        const left = fade[c]!(day - at);
        later.weights[c] = weights[c]! * left;
        later.sums[c] = sums[c]! * left;
      }
      shown(later, then);
      for (let i = 0; i < now.length; i++) if (!Object.is(then[i], now[i])) return day;
    }
    return at + HORIZON;
  }

  return {
    join(fragment) {
      const episodes = episodesOf(fragment.links);
      return { joined: join(fragment, episodes, dayOf, definition.repeatContactDays), episodes };
    },
    weighRows,
    sum,
    score,
    nextChange,
  };
}

/** To the hundredth, and never −0, which no JSON can keep. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

/** What is sorted and rolled up are whole points, so that time alone seldom moves it. */
export function wholePoints(score: number): number {
  return Math.round(score) + 0;
}

/** Evidence older than this (some fifty years) is not worth remembering how far it faded. */
const OLDEST = 20_000;

/** How much of some evidence is left after so many days: 0.5^(age / half-life). Ages are few and come again, a power costs more than a look-up. */
function fader(halfLifeDays: number): (age: number) => number {
  const left: number[] = [];
  return (age) => (age > OLDEST ? 2 ** (-age / halfLifeDays) : (left[age] ??= 2 ** (-age / halfLifeDays)));
}

function classify(definition: ScoreDefinition): { classes: EvidenceClass[]; classOf: number[] } {
  const classes: EvidenceClass[] = [];
  const classOf = definition.signals.map(({ dimension, evidence, halfLifeDays }) => {
    const same = (c: EvidenceClass) =>
      c.dimension === dimension && c.evidence === evidence && c.halfLifeDays === halfLifeDays;
    const known = classes.findIndex(same);
    return known >= 0 ? known : classes.push({ dimension, evidence, halfLifeDays }) - 1;
  });
  return { classes, classOf };
}

function indexes<T>(list: readonly T[], holds: (item: T) => boolean): number[] {
  return list.flatMap((item, i) => (holds(item) ? [i] : []));
}
