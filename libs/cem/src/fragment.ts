import type { Day, Touchpoint } from '@throughline/contracts';
import { customerSecondsOf, numberAt, shareOfScale, starsOf, textAt } from './fact.ts';
import { applyStep, isQuiet, mergeSteps, type StepRow } from './journey.ts';
import { hash53, orderRef, tieOf, type Ref } from './ref.ts';
import { applyToScore, emptyScoreFragment, mergeScoreFragments, type ScoreFragment } from './score-fragment.ts';
import type { Signals } from './signals.ts';
import { byAll, byColumns, insertSorted, mergeSorted } from './sorted.ts';

/** A review of an order: stars in hundredths. */
export type ReviewRow = [order: Ref, stars: number];
/** One sending of a survey to the customer, and what is known of it: 1 sent, 2 answered, 4 dismissed, added up. */
export type InvitationRow = [invitation: Ref, known: number, survey: string];

/** What the customer's side of one subject is folded into. */
export interface CemFragment {
  score: ScoreFragment;
  /** The latest steps of the journey. */
  steps: StepRow[];
  /** Touchpoints too slight to be steps, by type. */
  quiet: Record<string, number>;
  /** The last answer to the question of recommendation: when, tie, score; empty for none. */
  nps: [] | [ms: number, tie: number, score: number];
  /** Reviews that name an order: complete, since they feed a figure. */
  reviews: ReviewRow[];
  invitations: InvitationRow[];
  /** Contacts whose length is known, and the customer's seconds in them. */
  time: [contacts: number, seconds: number];
}

export const SENT = 1;
export const ANSWERED = 2;
export const DISMISSED = 4;

const INVITATION = byColumns(1);
const KNOWN: Readonly<Record<string, number>> = {
  'survey.sent': SENT,
  'survey.answered': ANSWERED,
  'survey.dismissed': DISMISSED,
};

export function emptyCemFragment(): CemFragment {
  return { score: emptyScoreFragment(), steps: [], quiet: {}, nps: [], reviews: [], invitations: [], time: [0, 0] };
}

/** Adds one touchpoint. Changes the fragment. */
export function applyToCem(
  fragment: CemFragment,
  touchpoint: Touchpoint,
  signals: Signals,
  dayOf: (ms: number) => Day,
): void {
  const { type } = touchpoint;
  const observations = signals.observe(touchpoint);
  applyToScore(fragment.score, touchpoint, observations, signals, dayOf);
  if (isQuiet(type)) fragment.quiet[type] = (fragment.quiet[type] ?? 0) + 1;
  else applyStep(fragment.steps, touchpoint, observations);
  if (type in KNOWN) applySurvey(fragment, touchpoint);
  else if (type === 'review.posted') applyReview(fragment, touchpoint);
  else if (type === 'call.ended' || type === 'chat.ended') applyTime(fragment, touchpoint);
}

/** Leaves both alone. */
export function mergeCemFragments(a: CemFragment, b: CemFragment): CemFragment {
  const quiet = { ...a.quiet };
  for (const [type, n] of Object.entries(b.quiet)) quiet[type] = (quiet[type] ?? 0) + n;
  return {
    score: mergeScoreFragments(a.score, b.score),
    steps: mergeSteps(a.steps, b.steps),
    quiet,
    nps: [...laterAnswer(a.nps, b.nps)],
    reviews: mergeSorted(a.reviews, b.reviews, byAll),
    invitations: mergeSorted(a.invitations, b.invitations, INVITATION, joinInvitation),
    time: [a.time[0] + b.time[0], a.time[1] + b.time[1]],
  };
}

/** The answer to a question of recommendation, where it was asked on the scale from 0 to 10 that its classes are defined on. */
export function npsAnswer(touchpoint: Touchpoint): number | undefined {
  if (touchpoint.data.facts['question'] !== 'nps' || shareOfScale(touchpoint) === undefined) return undefined;
  return numberAt(touchpoint, 'scaleMin') === 0 && numberAt(touchpoint, 'scaleMax') === 10
    ? numberAt(touchpoint, 'score')! + 0
    : undefined;
}

function applySurvey(fragment: CemFragment, touchpoint: Touchpoint): void {
  const survey = textAt(touchpoint, 'surveyId') ?? '';
  const invitation = textAt(touchpoint, 'invitationId') ?? survey;
  const row: InvitationRow = [hash53(`${survey}/${invitation}`), KNOWN[touchpoint.type]!, survey];
  insertSorted(fragment.invitations, row, INVITATION, joinInvitation);
  if (touchpoint.type !== 'survey.answered') return;
  const score = npsAnswer(touchpoint);
  if (score !== undefined) fragment.nps = laterAnswer(fragment.nps, [touchpoint.occurredAt, tieOf(touchpoint), score]);
}

function applyReview(fragment: CemFragment, touchpoint: Touchpoint): void {
  const order = textAt(touchpoint, 'orderId');
  const stars = starsOf(touchpoint);
  if (order === undefined || stars === undefined) return;
  const row: ReviewRow = [orderRef(order), Math.round(100 * stars)];
  insertSorted(fragment.reviews, row, byAll);
}

function applyTime(fragment: CemFragment, touchpoint: Touchpoint): void {
  const seconds = touchpoint.data.facts['outcome'] === 'phantom' ? undefined : customerSecondsOf(touchpoint);
  if (seconds === undefined) return;
  fragment.time[0]++;
  fragment.time[1] += seconds;
}

function laterAnswer(a: CemFragment['nps'], b: CemFragment['nps']): CemFragment['nps'] {
  return byAll(a, b) >= 0 ? a : b;
}

function joinInvitation(a: InvitationRow, b: InvitationRow): InvitationRow {
  return [a[0], a[1] | b[1], a[2]];
}
