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

/** A customer's evidence by class, faded to one day: all that scores are computed from. */
export interface Weighed {
  readonly at: Day;
  /** Σ w and Σ w·x, by class. */
  readonly weights: Float64Array;
  readonly sums: Float64Array;
  /** Some evidence is dated after `at`: it does not fade before its day, so it does not fade as one with its class. */
  readonly hasFuture: boolean;
}

/** Evidence of one (signal, day, episode), and what each observation of it weighs on the day. */
export interface WeighedRow {
  readonly signal: number;
  readonly day: Day;
  readonly episode: number;
  readonly n: number;
  /** Of x, in ten-thousandths. */
  readonly sum: number;
  /** Weight of one observation: by its signal and dimension, capped by its episode, faded to the day. */
  readonly unit: number;
}

export interface Scorer {
  join(fragment: ScoreFragment): { joined: Joined[]; episodes: Episodes };
  weighRows(fragment: ScoreFragment, joined: readonly Joined[], episodes: Episodes, at: Day): WeighedRow[];
  sum(rows: readonly WeighedRow[], at: Day): Weighed;
  score(weighed: Weighed): Score;
  nextChange(weighed: Weighed): Day | undefined;
}

/** How many days ahead a change is looked for; after as many, finishing once more finds the next. */
const HORIZON = 32;

export function makeScorer(signals: Signals, dayOf: (ms: number) => Day): Scorer {
  const definition = signals.definition;
  const { classes, classOf } = classify(definition);
  /** Signal and dimension, before any cap or fading. */
  const fullWeight = definition.signals.map((signal) => signal.weight * definition.dimensions[signal.dimension]!.weight);
  const dimensions = [...new Set(classes.map((c) => c.dimension))];
  const classesOfDimension = dimensions.map((dimension) => indexes(classes, (c) => c.dimension === dimension));
  const all = indexes(classes, () => true);
  const stated = indexes(classes, (c) => c.evidence === 'stated');
  const observed = indexes(classes, (c) => c.evidence === 'observed');

  function weighRows(fragment: ScoreFragment, joined: readonly Joined[], episodes: Episodes, at: Day): WeighedRow[] {
    const rows: EvidenceRow[] = fragment.evidence.slice();
    for (const { fact, value, day, episode } of joined) {
      for (const signal of signals.joined(fact)) rows.push([day, signal, episode, 1, signals.x(signal, value)]);
    }
    const stories = rows.map(([day, , episode]) => storyOf(episodes, episode, day));
    const told = new Map<number, number>();
    rows.forEach(([, signal, , n], i) => {
      told.set(stories[i]!, (told.get(stories[i]!) ?? 0) + n * fullWeight[signal]!);
    });
    return rows.map(([day, signal, episode, n, sum], i) => {
      const cap = Math.min(1, definition.episodeCap / told.get(stories[i]!)!);
      const fading = 2 ** (-Math.max(0, at - day) / definition.signals[signal]!.halfLifeDays);
      return { signal, day, episode, n, sum, unit: fullWeight[signal]! * cap * fading };
    });
  }

  function sum(rows: readonly WeighedRow[], at: Day): Weighed {
    const weights = new Float64Array(classes.length);
    const sums = new Float64Array(classes.length);
    let hasFuture = false;
    for (const row of rows) {
      const c = classOf[row.signal]!;
      weights[c]! += row.unit * row.n;
      sums[c]! += (row.unit * row.sum) / X_SCALE;
      hasFuture ||= row.day > at;
    }
    return { at, weights, sums, hasFuture };
  }

  function part({ weights, sums }: Pick<Weighed, 'weights' | 'sums'>, of: readonly number[]): { weight: number; score: number | undefined } {
    let weight = 0;
    let sum = 0;
    for (const c of of) {
      weight += weights[c]!;
      sum += sums[c]!;
    }
    if (weight < definition.enough) return { weight, score: undefined };
    return { weight, score: hundredths((100 * (definition.strength * definition.prior + sum)) / (weight + definition.strength)) };
  }

  function withInterval({ weight, score }: { weight: number; score: number | undefined }): PartScore {
    const evidence = hundredths(weight);
    if (score === undefined) return { score, evidence, interval: undefined };
    const n = weight + definition.strength;
    const [low, high] = wilson(n, (n * score) / 100);
    return { score, evidence, interval: [hundredths(100 * low), hundredths(100 * high)] };
  }

  function score(weighed: Weighed): Score {
    const overall = withInterval(part(weighed, all));
    const said = withInterval(part(weighed, stated));
    const seen = withInterval(part(weighed, observed));
    const byDimension: Record<string, PartScore> = {};
    dimensions.forEach((dimension, i) => {
      const scored = part(weighed, classesOfDimension[i]!);
      if (scored.weight > 0) byDimension[dimension] = withInterval(scored);
    });
    return { ...overall, enough: overall.score !== undefined, dimensions: byDimension, stated: said, observed: seen, gap: gapOf(said.score, seen.score) };
  }

  /** What `indexes` and cells show of a score, as whole numbers. */
  function shown(weighed: Pick<Weighed, 'weights' | 'sums'>): (number | undefined)[] {
    const overall = part(weighed, all);
    const [said, seen] = [part(weighed, stated).score, part(weighed, observed).score];
    const figures = [overall.score, hundredths(overall.weight), said, seen, gapOf(said, seen)];
    for (const of of classesOfDimension) figures.push(part(weighed, of).score);
    return figures.map((figure) => (figure === undefined ? undefined : wholePoints(figure)));
  }

  /**
   * Evidence of one class fades as one, so any day ahead costs one multiplication a class, and the first day that moves a
   * whole point is found by looking at each of the next `HORIZON`.
   */
  function nextChange(weighed: Weighed): Day | undefined {
    const { at, weights, sums, hasFuture } = weighed;
    const now = shown(weighed);
    if (hasFuture) return at + 1;
    // Evidence only fades: what is not enough today never will be.
    if (now.every((figure) => !figure) && now[0] === undefined) return undefined;
    const present = classes.map((_, c) => c).filter((c) => weights[c]! > 0);
    const later = { weights: new Float64Array(classes.length), sums: new Float64Array(classes.length) };
    for (let day = at + 1; day < at + HORIZON; day++) {
      for (const c of present) {
        const fading = 2 ** ((at - day) / classes[c]!.halfLifeDays);
        later.weights[c] = weights[c]! * fading;
        later.sums[c] = sums[c]! * fading;
      }
      const then = shown(later);
      if (then.some((figure, i) => figure !== now[i])) return day;
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

function gapOf(stated: number | undefined, observed: number | undefined): number | undefined {
  return stated === undefined || observed === undefined ? undefined : hundredths(stated - observed);
}

/** The story that evidence belongs to: its episode, or, where it names no matter, all such evidence of its day. */
function storyOf(episodes: Episodes, episode: number, day: Day): number {
  return episode === 0 ? -1 - day : episodes.of(episode);
}

function classify(definition: ScoreDefinition): { classes: EvidenceClass[]; classOf: number[] } {
  const classes: EvidenceClass[] = [];
  const classOf = definition.signals.map(({ dimension, evidence, halfLifeDays }) => {
    const same = (c: EvidenceClass) => c.dimension === dimension && c.evidence === evidence && c.halfLifeDays === halfLifeDays;
    const known = classes.findIndex(same);
    return known >= 0 ? known : classes.push({ dimension, evidence, halfLifeDays }) - 1;
  });
  return { classes, classOf };
}

function indexes<T>(list: readonly T[], holds: (item: T) => boolean): number[] {
  return list.flatMap((item, i) => (holds(item) ? [i] : []));
}
