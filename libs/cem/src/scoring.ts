import { dayOf, type Company, type Day, type Touchpoint } from '@throughline/contracts';
import type { ScoreDefinition } from './definition.ts';
import { SCORE_V1 } from './definitions/score.v1.ts';
import { applyToScore, emptyScoreFragment, mergeScoreFragments, type ScoreFragment } from './score-fragment.ts';
import { makeScorer, type Score } from './score.ts';
import { readSignals } from './signals.ts';

/** The score part of a projection, for one that folds it beside its own (balance does). */
export interface Scoring {
  readonly definition: ScoreDefinition;
  readonly scoreFragment: {
    empty(): ScoreFragment;
    /** Changes and returns the fragment it is given. */
    apply(fragment: ScoreFragment, touchpoint: Touchpoint): ScoreFragment;
    /** Leaves both alone. */
    merge(a: ScoreFragment, b: ScoreFragment): ScoreFragment;
  };
  /** The score as of the end of a day. */
  scoreOf(fragment: ScoreFragment, at: Day): Score;
  /** The first day after `at` on which time alone may move a whole point of any part of the score; undefined for never. */
  nextChangeOf(fragment: ScoreFragment, at: Day): Day | undefined;
}

/** @param definition as `checkDefinition` gave it back; the shipped one unless told. */
export function scoring(company: Company, definition: ScoreDefinition = SCORE_V1): Scoring {
  const signals = readSignals(definition);
  const toDay = dayOf(company.timeZone);
  const scorer = makeScorer(signals, toDay);
  const weigh = (fragment: ScoreFragment, at: Day) => {
    const { joined, episodes } = scorer.join(fragment);
    return scorer.sum(scorer.weighRows(fragment, joined, episodes, at), at);
  };
  return {
    definition,
    scoreFragment: {
      empty: emptyScoreFragment,
      apply(fragment, touchpoint) {
        applyToScore(fragment, touchpoint, signals.observe(touchpoint), signals, toDay);
        return fragment;
      },
      merge: mergeScoreFragments,
    },
    scoreOf: (fragment, at) => scorer.score(weigh(fragment, at)),
    nextChangeOf: (fragment, at) => scorer.nextChange(weigh(fragment, at)),
  };
}
