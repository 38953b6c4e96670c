import { describe, expect, test } from '@jest/globals';
import { DUPLICATED, RETRACTED, type Position } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import type { Move } from '@throughline/read-model';
import * as fc from 'fast-check';
import { historyOf } from '../src/customers/history/history.ts';
import { newestFirst, NewestPage, type Moment } from '../src/customers/history/page.ts';

const ADA = 'a'.repeat(32);
const BOB = 'b'.repeat(32);
const EVE = 'e'.repeat(32);
const END = 'ffff' as Position;

interface Told {
  readonly home: string;
  readonly id: string;
  readonly at?: number;
  readonly type?: string;
  readonly facts?: Readonly<Record<string, string>>;
}

/** A log of just these events, in this order. */
function logOf(told: readonly Told[]): LogReader {
  const events = told.map(({ home, id, at = 0, type = 'page.viewed', facts = {} }, i) => ({
    position: i.toString(16).padStart(4, '0') as Position,
    stream: `touchpoint-${home}`,
    id,
    type,
    occurredAt: at,
    data: { keys: [], facts },
  }));
  const readStream = async function* (stream: string) {
    yield* events.filter((event) => event.stream === stream).reverse() as unknown as RecordedEvent[];
  };
  return { readStream } as unknown as LogReader;
}

async function told(log: LogReader, subjects: readonly string[], moves: readonly Move[] = [], upTo = END) {
  const entries: string[] = [];
  for await (const { event, takenBack } of historyOf(log, subjects, moves, upTo))
    entries.push(event.id + (takenBack ? ` taken back by ${takenBack.id}` : ''));
  return entries.sort();
}

describe('a history', () => {
  test('is of all subjects of the customer, and of nobody else', async () => {
    const log = logOf([
      { home: ADA, id: '1' },
      { home: EVE, id: '2' },
      { home: BOB, id: '3' },
      { home: ADA, id: '4' },
    ]);
    expect(await told(log, [ADA, BOB])).toEqual(['1', '3', '4']);
  });

  test('shows what was taken back, and by what', async () => {
    const log = logOf([
      { home: ADA, id: '1' },
      { home: ADA, id: '2' },
      { home: ADA, id: '3', type: RETRACTED, facts: { touchpointId: '1' } },
      { home: ADA, id: '4', type: DUPLICATED, facts: { touchpointId: '2' } },
    ]);
    expect(await told(log, [ADA])).toEqual(['1 taken back by 3', '2 taken back by 4']);
  });

  test('up to a position knows nothing of what came after, retractions included', async () => {
    const log = logOf([
      { home: ADA, id: '1' },
      { home: ADA, id: '2' },
      { home: ADA, id: '3', type: RETRACTED, facts: { touchpointId: '1' } },
    ]);
    expect(await told(log, [ADA], [], '0000' as Position)).toEqual(['1']);
    expect(await told(log, [ADA], [], '0001' as Position)).toEqual(['1', '2']);
  });

  test('has the touchpoints that a steward moved to the customer, and lacks those moved away', async () => {
    const log = logOf([
      { home: ADA, id: '1', at: 10 },
      { home: ADA, id: '2', at: 20 },
      { home: BOB, id: '3', at: 10 },
    ]);
    const moves: Move[] = [
      { position: '0007' as Position, from: ADA, to: BOB, touchpoints: ['1'] },
      { position: '0008' as Position, from: BOB, to: EVE, span: { from: 10, to: 20 } },
    ];
    expect(await told(log, [ADA], moves)).toEqual(['2']);
    expect(await told(log, [BOB], moves)).toEqual([]);
    expect(await told(log, [EVE], moves)).toEqual(['1', '3']);
    expect(await told(log, [ADA, EVE], moves)).toEqual(['1', '2', '3']);
  });
});

describe('pages of a timeline', () => {
  const moments = fc.uniqueArray(
    fc.record({ occurredAt: fc.integer({ min: 0, max: 5 }), id: fc.string({ minLength: 1, maxLength: 4 }) }),
    { selector: (moment) => moment.id, maxLength: 40 },
  );

  test('one after the other show everything once, newest first, whatever the order of the log', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 7 }), (all, limit) => {
        const seen: Moment[] = [];
        for (;;) {
          const page = new NewestPage(limit, seen.at(-1));
          for (const moment of all)
            if (page.wants(moment)) page.add({ event: moment as RecordedEvent, takenBack: undefined });
          seen.push(...page.entries.map((entry) => entry.event));
          if (page.entries.length < limit) break;
        }
        expect(seen).toEqual([...all].sort(newestFirst));
      }),
    );
  });
});
