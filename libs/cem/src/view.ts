import type { Cell, Day, FieldDefinition, IndexEntry } from '@throughline/contracts';
import { meanOf } from './event-cells.ts';
import { ANSWERED, DISMISSED, SENT, type CemFragment } from './fragment.ts';
import { isRepeatKnown, lateness, type Joined } from './joins.ts';
import { journey, type Step } from './journey.ts';
import type { OrderRow } from './score-fragment.ts';
import { wholePoints, type Score, type Scorer } from './score.ts';
import type { Signals } from './signals.ts';

/** How the company was to one customer, as of the end of a day. `score` and its like are in points from 0 to 100. */
export interface CemView extends Score {
  readonly at: Day;
  /** Name and version of the score definition. */
  readonly definition: string;
  /** The last answer to "would you recommend us?", 0–10. */
  readonly nps: { readonly score: number; readonly occurredAt: number } | undefined;
  /** The customer's own time in calls and chats (wait, talk and hold): contacts whose length is known, and seconds in all. */
  readonly time: { readonly contacts: number; readonly seconds: number };
  /** By channel ('' where none is known): contacts, those of which one can tell whether they are repeats, and those that are. */
  readonly contacts: readonly {
    readonly channel: string;
    readonly n: number;
    readonly known: number;
    readonly repeats: number;
  }[];
  /** Delivered orders with a known promise, and how many came late: by the timestamp, and by the calendar day. */
  readonly deliveries: { readonly promised: number; readonly late: number; readonly lateByDay: number };
  /** Reviews of such orders. */
  readonly orderReviews: readonly { readonly stars: number; readonly late: boolean; readonly lateByDay: boolean }[];
  readonly invitations: readonly {
    readonly survey: string;
    readonly sent: number;
    readonly answered: number;
    readonly dismissed: number;
  }[];
  /** The latest steps, in order of time, each with its feeling. Worked out when read: whoever only sorts and rolls up does not pay for it. */
  readonly journey: readonly Step[];
  /** Touchpoints too slight to be steps, by type. */
  readonly quiet: Readonly<Record<string, number>>;
  /** The first day on which time alone may move what is sorted or rolled up; undefined for never. */
  readonly changes: Day | undefined;
}

/** Finishes a fragment. */
export function viewOf(
  fragment: CemFragment,
  at: Day,
  scorer: Scorer,
  signals: Signals,
  dayOf: (ms: number) => Day,
): CemView {
  const { joined, episodes } = scorer.join(fragment.score);
  const weighed = scorer.sum(scorer.weighRows(fragment.score, joined, episodes, at), at);
  const { score, enough, evidence, interval, dimensions, stated, observed, gap } = scorer.score(weighed);
  const { deliveries, orderReviews } = ordersOf(fragment, dayOf);
  const [occurredAt, , answer] = fragment.nps;
  return {
    at,
    definition: signals.title,
    score,
    enough,
    evidence,
    interval,
    dimensions,
    stated,
    observed,
    gap,
    nps: answer === undefined ? undefined : { score: answer, occurredAt: occurredAt! },
    time: { contacts: fragment.time[0], seconds: fragment.time[1] },
    contacts: contactsOf(fragment, joined),
    deliveries,
    orderReviews,
    invitations: invitationsOf(fragment),
    get journey() {
      return journey(fragment.steps, joined, signals);
    },
    quiet: fragment.quiet,
    changes: scorer.nextChange(weighed),
  };
}

function contactsOf(fragment: CemFragment, joined: readonly Joined[]): CemView['contacts'] {
  const byChannel: { channel: string; n: number; known: number; repeats: number }[] = [];
  const of = (channel: string) => {
    const known = byChannel.find((counts) => counts.channel === channel);
    if (known) return known;
    const counts = { channel, n: 0, known: 0, repeats: 0 };
    byChannel.push(counts);
    return counts;
  };
  for (const contact of fragment.score.contacts) {
    const counts = of(contact[5]);
    counts.n++;
    if (isRepeatKnown(contact)) counts.known++;
  }
  for (const { fact, channel } of joined) if (fact === 'repeatContact') of(channel).repeats++;
  return byChannel;
}

function ordersOf(fragment: CemFragment, dayOf: (ms: number) => Day): Pick<CemView, 'deliveries' | 'orderReviews'> {
  const deliveries = { promised: 0, late: 0, lateByDay: 0 };
  const orderReviews: { stars: number; late: boolean; lateByDay: boolean }[] = [];
  let next = 0;
  // Orders and reviews both stand in the order of the order's ref.
  for (const order of fragment.score.orders) {
    const punctuality = punctualityOf(order, dayOf);
    if (punctuality) {
      deliveries.promised++;
      deliveries.late += Number(punctuality.late);
      deliveries.lateByDay += Number(punctuality.lateByDay);
    }
    for (let review = fragment.reviews[next]; review && review[0] <= order[0]; review = fragment.reviews[++next]) {
      if (punctuality && review[0] === order[0]) orderReviews.push({ stars: review[1] / 100, ...punctuality });
    }
  }
  return { deliveries, orderReviews };
}

function punctualityOf(order: OrderRow, dayOf: (ms: number) => Day) {
  const known = lateness(order, dayOf);
  return known && { late: known.late, lateByDay: known.days > 0 };
}

function invitationsOf(fragment: CemFragment): CemView['invitations'] {
  const bySurvey = new Map<string, { survey: string; sent: number; answered: number; dismissed: number }>();
  for (const [, known, survey] of fragment.invitations) {
    // Without the sending, an answer says nothing of how many were asked.
    if (!(known & SENT)) continue;
    let counts = bySurvey.get(survey);
    if (!counts) bySurvey.set(survey, (counts = { survey, sent: 0, answered: 0, dismissed: 0 }));
    counts.sent++;
    if (known & ANSWERED) counts.answered++;
    else if (known & DISMISSED) counts.dismissed++;
  }
  return [...bySurvey.values()].sort((a, b) => (a.survey < b.survey ? -1 : 1));
}

/** What a customer adds to the roll-ups of those who now stand. */
export function customerCells(view: CemView): Cell[] {
  const cells: Cell[] = [];
  const add = (metric: string, dims: Record<string, string>, values: readonly number[]) =>
    cells.push({ metric, dims, values });
  add('experience-customers', { band: bandOf(view.score) }, [1]);
  if (view.score !== undefined) add('experience-score', {}, meanOf(wholePoints(view.score), 1));
  for (const [dimension, part] of Object.entries(view.dimensions)) {
    if (part.score !== undefined) add('experience-dimension', { dimension }, meanOf(wholePoints(part.score), 1));
  }
  if (view.gap !== undefined) add('experience-gap', {}, meanOf(wholePoints(view.gap), 1));
  for (const { channel, known, repeats } of view.contacts) {
    if (known) add('repeat-contact', channel === '' ? {} : { channel }, [known, repeats]);
  }
  for (const basis of BASES) {
    const { promised } = view.deliveries;
    if (promised) add('delivered-late', { basis }, [promised, view.deliveries[LATE_BY[basis]]]);
    for (const review of view.orderReviews) {
      const punctuality = review[LATE_BY[basis]] ? 'late' : 'on-time';
      add('review-score-by-punctuality', { punctuality, basis }, meanOf(review.stars, 100));
    }
  }
  for (const { survey, sent, answered, dismissed } of view.invitations) {
    add('survey-response', { survey }, [sent, answered]);
    add('survey-dismissed', { survey }, [sent, dismissed]);
  }
  return cells;
}

const BASES = ['timestamp', 'day'] as const;
const LATE_BY = { timestamp: 'late', day: 'lateByDay' } as const;

/** Twenty points wide; a customer without a score is in a band of its own, never in the middle one. */
function bandOf(score: number | undefined): string {
  if (score === undefined) return 'not-enough-evidence';
  const from = Math.min(80, 20 * Math.floor(wholePoints(score) / 20));
  return `${from}-${from === 80 ? 100 : from + 19}`;
}

/** What a customer is found and sorted by. Scores are whole points, so that time alone seldom moves them. */
export function indexes(view: CemView): IndexEntry[] {
  const entries: IndexEntry[] = [];
  const add = (field: string, value: number | undefined) => {
    if (value !== undefined) entries.push({ field: `cem.${field}`, value });
  };
  const points = (score: number | undefined) => (score === undefined ? undefined : wholePoints(score));
  add('score', points(view.score));
  for (const [dimension, part] of Object.entries(view.dimensions)) add(dimension, points(part.score));
  add('stated', points(view.stated.score));
  add('observed', points(view.observed.score));
  add('gap', points(view.gap));
  add('evidence', wholePoints(view.evidence));
  add('nps', view.nps?.score);
  if (view.time.contacts) add('customerSeconds', view.time.seconds);
  if (view.deliveries.promised) add('lateOrders', view.deliveries.late);
  if (view.contacts.length)
    add(
      'repeatContacts',
      view.contacts.reduce((sum, { repeats }) => sum + repeats, 0),
    );
  return entries;
}

const POINTS = 'in whole points from 0 to 100; absent where there is not enough evidence';

export const CEM_FIELDS: readonly FieldDefinition[] = [
  { field: 'cem.score', type: 'number', description: `How the company was to the customer, over all, ${POINTS}.` },
  { field: 'cem.advocacy', type: 'number', description: `Would they tell others? ${POINTS}.` },
  { field: 'cem.satisfaction', type: 'number', description: `Did they get what they came for? ${POINTS}.` },
  { field: 'cem.loyalty', type: 'number', description: `Do they stay? ${POINTS}.` },
  { field: 'cem.effort', type: 'number', description: `How little it cost them (high is easy), ${POINTS}.` },
  { field: 'cem.emotion', type: 'number', description: `How it felt, in their own words, ${POINTS}.` },
  {
    field: 'cem.stated',
    type: 'number',
    description: `Score from what they said (surveys, reviews, complaints, words), ${POINTS}.`,
  },
  {
    field: 'cem.observed',
    type: 'number',
    description: `Score from what happened to them (waits, delays, repeats), ${POINTS}.`,
  },
  {
    field: 'cem.gap',
    type: 'number',
    description:
      'Stated less observed, in whole points from −100 to 100; above 0 they speak better of it than it was. Absent unless both are known.',
  },
  {
    field: 'cem.evidence',
    type: 'number',
    description: 'How much evidence there is, faded to the day, in whole survey answers’ worth.',
  },
  {
    field: 'cem.nps',
    type: 'number',
    description: 'The last answer to "would you recommend us?", 0 to 10; absent where there was none.',
  },
  {
    field: 'cem.customerSeconds',
    type: 'number',
    description:
      'The customer’s own time in calls and chats (wait, talk and hold), in seconds; absent where no length is known.',
  },
  {
    field: 'cem.lateOrders',
    type: 'number',
    description: 'Orders delivered later than promised, by the timestamp; absent where no promise is known.',
  },
  {
    field: 'cem.repeatContacts',
    type: 'number',
    description:
      'Calls and chats that came back within seven days about the same matter; absent where there were no contacts.',
  },
];
