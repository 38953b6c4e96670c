import { DIMENSIONS, type Cell, type Day, type Touchpoint } from '@throughline/contracts';
import { customerSecondsOf, factAt, numberAt, secondsAt, shareOfScale, starsOf, textAt } from './fact.ts';
import { npsAnswer } from './fragment.ts';

type Dims = Record<string, string>;

const SENTIMENT = ['sentiment', 'score'];

/** Three quarters up the scale: the two best boxes of five and of seven. */
const TOP_BOXES = 0.75 - 1e-9;
/** The upper three of seven: somewhat easy, easy, very easy. */
const EASY = 4 / 6 - 1e-9;

/** What a touchpoint adds to the roll-ups of experience. */
export function eventCells(touchpoint: Touchpoint, dayOf: (ms: number) => Day): Cell[] {
  const cells: Cell[] = [];
  const add = (metric: string, dims: Dims, values: readonly number[]) =>
    cells.push({ metric, day: dayOf(touchpoint.occurredAt), dims, values });
  CELLS[touchpoint.type]?.(touchpoint, add);
  const sentiment = factAt(touchpoint.data.facts, SENTIMENT);
  if (typeof sentiment === 'number' && Number.isFinite(sentiment)) {
    add('sentiment', { ...dimensionsOf(touchpoint), type: touchpoint.type }, meanOf(sentiment, 1));
  }
  return cells;
}

type Add = (metric: string, dims: Dims, values: readonly number[]) => void;

const CELLS: Readonly<Record<string, (touchpoint: Touchpoint, add: Add) => void>> = {
  'survey.answered': surveyCells,
  'review.posted': reviewCells,
  'call.ended': contactCells,
  'chat.ended': contactCells,
  'case.resolved': caseCells,
};

function surveyCells(touchpoint: Touchpoint, add: Add): void {
  const share = shareOfScale(touchpoint);
  if (share === undefined) return;
  const dims = surveyDimensions(touchpoint);
  switch (touchpoint.data.facts['question']) {
    case 'nps': {
      const score = npsAnswer(touchpoint);
      if (score !== undefined) add('nps', dims, [1, Number(score >= 9), Number(score <= 6)]);
      break;
    }
    case 'csat':
      add('csat', dims, [1, Number(share >= TOP_BOXES)]);
      add('csat-mean', dims, meanOf(100 * share, 100));
      break;
    case 'ces':
      add('ces', dims, meanOf(1 + 6 * share, 100));
      add('ces-easy', dims, [1, Number(share >= EASY)]);
      break;
  }
}

function reviewCells(touchpoint: Touchpoint, add: Add): void {
  const stars = starsOf(touchpoint);
  if (stars === undefined) return;
  const dims = dimensionsOf(touchpoint);
  add('reviews', { ...dims, stars: String(Math.round(stars)) }, [1]);
  add('review-score', dims, meanOf(stars, 100));
}

function contactCells(touchpoint: Touchpoint, add: Add): void {
  const { facts } = touchpoint.data;
  const outcome = textAt(touchpoint, 'outcome');
  const dims = dimensionsOf(touchpoint);
  const withOutcome = outcome === undefined ? dims : { ...dims, outcome };
  const talk = secondsAt(touchpoint, 'talkSeconds');
  if (talk !== undefined) add('service-time', withOutcome, meanOf(talk, 1));
  if (outcome === 'phantom') return;
  const wait = secondsAt(touchpoint, 'waitSeconds');
  if (wait !== undefined) add('wait-time', withOutcome, meanOf(wait, 1));
  const own = customerSecondsOf(touchpoint);
  if (own !== undefined) {
    add('customer-time', withOutcome, meanOf(own, 1));
    add('customer-time-total', withOutcome, [1, own]);
  }
  if (outcome !== undefined) add('abandoned', dims, [1, Number(outcome === 'abandoned')]);
  if (facts['firstContact'] === true && typeof facts['resolved'] === 'boolean') {
    add('first-contact-resolution', dims, [1, Number(facts['resolved'])]);
  }
}

function caseCells(touchpoint: Touchpoint, add: Add): void {
  const first = touchpoint.data.facts['firstContact'];
  const dims = dimensionsOf(touchpoint);
  if (typeof first === 'boolean') add('case-first-contact-resolution', dims, [1, Number(first)]);
  const seconds = numberAt(touchpoint, 'seconds');
  if (seconds !== undefined && seconds >= 0)
    add('resolution-time', dims, meanOf(Math.min(LONGEST_CASE, seconds) / 3600, 10));
}

/** A case that claims to have taken longer counts as a year. */
const LONGEST_CASE = 365 * 86_400;

/** The cell of a mean: n, sum and sum of squares of a value in whole parts. */
export function meanOf(value: number, scale: number): number[] {
  const whole = Math.round(value * scale) + 0;
  return [1, whole, whole * whole];
}

function dimensionsOf(touchpoint: Touchpoint): Dims {
  const dims: Dims = {};
  for (const dimension of DIMENSIONS) {
    const value = touchpoint.data[dimension];
    if (value !== undefined) dims[dimension] = value;
  }
  return dims;
}

/** What a survey is about goes before how it was sent: one mailed after a call is about the phone. */
function surveyDimensions(touchpoint: Touchpoint): Dims {
  const dims = dimensionsOf(touchpoint);
  for (const dimension of ['channel', 'product', 'team']) {
    const about = factAt(touchpoint.data.facts, ['about', dimension]);
    if (typeof about === 'string') dims[dimension] = about;
  }
  for (const [dimension, fact] of [
    ['survey', 'surveyId'],
    ['kind', 'kind'],
  ] as const) {
    const value = textAt(touchpoint, fact);
    if (value !== undefined) dims[dimension] = value;
  }
  return dims;
}
