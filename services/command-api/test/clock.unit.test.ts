import { describe, expect, test } from '@jest/globals';
import { dayFromText, dayOf, dayToText } from '@throughline/contracts';
import { createLogger } from '@throughline/runtime';
import { beginningOf, Clock, type ClockParts } from '../src/clock.ts';

/** Just a stream: what the clock appends, at exact revisions. */
function logWith(closed: readonly string[]) {
  const stream = closed.map(
    (day) => ({ data: { day } }) as { data: Record<string, unknown>; occurredAt?: number; id?: string },
  );
  const log = {
    async *readStream() {
      const last = stream.at(-1);
      if (last) yield { ...last, revision: stream.length - 1 };
    },
    async append([{ expectedRevision, events }]: [{ expectedRevision: number; events: typeof stream }]) {
      if (expectedRevision !== stream.length - 1) return [{ ok: false }];
      stream.push(...events);
      return [{ ok: true }];
    },
  } as unknown as ClockParts['log'];
  return { log, days: () => stream.map(({ data }) => data['day']), stream };
}

const clockAt = (now: string, log: ClockParts['log'], timeZone = 'UTC') =>
  new Clock({ log, timeZone, logger: createLogger('silent'), now: () => Date.parse(now) });

describe('the clock', () => {
  test('begins with yesterday', async () => {
    const { log, days } = logWith([]);
    await clockAt('2026-03-10T08:00:00Z', log).closeDays();
    expect(days()).toEqual(['2026-03-09']);
  });

  test('closes every day it missed, without a gap, and none twice', async () => {
    const { log, days } = logWith(['2026-02-26']);
    const clock = clockAt('2026-03-02T00:00:00Z', log);
    await clock.closeDays();
    await clock.closeDays();
    expect(days()).toEqual(['2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01']);
  });

  test('closes nothing when it is set back', async () => {
    const { log, days } = logWith(['2026-03-09']);
    await clockAt('2026-03-05T08:00:00Z', log).closeDays();
    expect(days()).toEqual(['2026-03-09']);
  });

  test('goes by the company’s time zone, and dates a day’s close at its end there', async () => {
    const { log, days, stream } = logWith([]);
    await clockAt('2026-03-10T03:00:00Z', log, 'America/New_York').closeDays();
    expect(days()).toEqual(['2026-03-08']);
    // On the day the clocks go forward, midnight is at −4, no longer at −5.
    expect(new Date(stream[0]!.occurredAt!).toISOString()).toBe('2026-03-09T04:00:00.000Z');
  });

  test('gives the same day the same id: two processes cannot close it twice', async () => {
    const [one, two] = [logWith([]), logWith([])];
    await clockAt('2026-03-10T08:00:00Z', one.log).closeDays();
    await clockAt('2026-03-10T20:00:00Z', two.log).closeDays();
    expect(one.stream[0]!.id).toBe(two.stream[0]!.id);
  });

  test('finds the days closed when another clock was quicker', async () => {
    const { log, days } = logWith(['2026-03-07']);
    const quicker = clockAt('2026-03-09T08:00:00Z', log);
    const append = log.append.bind(log);
    let first = true;
    log.append = async (appends) => {
      if (first) {
        first = false;
        await quicker.closeDays();
      }
      return append(appends);
    };
    await clockAt('2026-03-10T08:00:00Z', log).closeDays();
    expect(days()).toEqual(['2026-03-07', '2026-03-08', '2026-03-09']);
  });
});

test.each([
  'UTC',
  'Europe/Lisbon',
  'America/New_York',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
])('in %s a day begins where the one before ends', (timeZone) => {
  const dayAt = dayOf(timeZone);
  for (let day = dayFromText('2026-01-01')!; day < dayFromText('2026-12-31')!; day += 7) {
    const begins = beginningOf(day, dayAt);
    expect([dayToText(dayAt(begins)), dayToText(dayAt(begins - 1))]).toEqual([dayToText(day), dayToText(day - 1)]);
  }
});
