export { checkDefinition } from './definition-check.ts';
export type { Condition, Evidence, JoinedFact, Origin, ScoreDefinition, Signal } from './definition.ts';
export { SCORE_V1 } from './definitions/score.v1.ts';
export { wholePoints, type PartScore, type Score } from './score.ts';
export type { ScoreFragment } from './score-fragment.ts';
export { scoring, type Scoring } from './scoring.ts';
