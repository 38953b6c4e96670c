import {
  dayFromText,
  dayOf,
  dayToText,
  parseTime,
  ThroughlineError,
  type Company,
  type Day,
} from '@throughline/contracts';

/** A point in time as somebody names it: a day of the company's, to its end, or an instant. */
export interface Moment {
  /** As it is answered: `YYYY-MM-DD`, or RFC 3339 in UTC. */
  readonly text: string;
  readonly day: Day;
  /** Whether an epoch millisecond lies at or before it. */
  reaches(ms: number): boolean;
}

/** Which touchpoints are asked for, by when they happened; and what of the log, by when it was recorded. */
export interface Moments {
  readonly asOf: Moment;
  readonly knownAt: Moment;
}

/**
 * @param now Epoch ms. What is known now is all there is, whatever the clocks of those who wrote it.
 * @throws ThroughlineError `invalid-query`
 */
export function momentsOf(
  asked: { readonly asOf?: string | undefined; readonly knownAt?: string | undefined },
  now: number,
  { timeZone }: Company,
): Moments {
  const toDay = dayOf(timeZone);
  const today = toDay(now);
  const knownAt =
    asked.knownAt === undefined
      ? { text: new Date(now).toISOString(), day: today, reaches: () => true }
      : momentOf('knownAt', asked.knownAt, toDay);
  if (knownAt.day > today)
    throw new ThroughlineError('invalid-query', 'knownAt is today at the latest: nobody knows yet what is known then.');
  const asOf = asked.asOf === undefined ? dayMoment(knownAt.day, toDay) : momentOf('asOf', asked.asOf, toDay);
  if (asOf.day > knownAt.day)
    throw new ThroughlineError(
      'invalid-query',
      'asOf is the day of knownAt at the latest, which is today unless told.',
    );
  return { asOf, knownAt };
}

function momentOf(name: string, text: string, toDay: (ms: number) => Day): Moment {
  const day = dayFromText(text);
  if (day !== undefined) return dayMoment(day, toDay);
  const ms = parseTime(text);
  if (ms !== undefined) return { text: new Date(ms).toISOString(), day: toDay(ms), reaches: (other) => other <= ms };
  throw new ThroughlineError(
    'invalid-query',
    `${name} is a day, such as 2024-05-01, or a time with its offset, such as 2024-05-01T18:30:00Z; + is written %2B.`,
  );
}

function dayMoment(day: Day, toDay: (ms: number) => Day): Moment {
  return { text: dayToText(day), day, reaches: (ms) => toDay(ms) <= day };
}
