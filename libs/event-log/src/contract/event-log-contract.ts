/** What every event log must do, whatever it is made of. An adapter's tests call this and add only what is its own. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { START, type JsonObject, type Position } from '@throughline/contracts';
import {
  NO_STREAM,
  type Append,
  type AppendResult,
  type Batch,
  type EventLog,
  type NewEvent,
  type ReadAll,
  type RecordedEvent,
} from '../port.ts';

export interface LogUnderTest {
  readonly log: EventLog;
  /** Closes the log and opens it again over the same data, as a restart would. */
  reopen(): Promise<EventLog>;
  /** Closes what is open and removes the data. */
  dispose(): Promise<void>;
}

/**
 * @param open a log for one test. It may hold other events, as a shared server does: each test looks only at streams of its own.
 */
export function eventLogContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`${name} keeps the contract of the event log`, () => {
    let subject: LogUnderTest;
    let log: EventLog;
    /** Before this test's streams, and no others. */
    let mine: string;

    beforeEach(async () => {
      subject = await open();
      log = subject.log;
      mine = `contract-${randomUUID()}-`;
    });
    afterEach(() => subject.dispose());

    const stream = (suffix: string | number) => `${mine}${suffix}`;
    const append = async (suffix: string | number, expectedRevision: number, events: readonly NewEvent[]) =>
      (await log.append([{ stream: stream(suffix), expectedRevision, events }]))[0]!;
    const readMine = async (from: Partial<ReadAll> = {}) =>
      eventsOf(log.read({ after: START, prefixes: [mine], ...from }));
    const streamEvents = async (suffix: string, options?: Parameters<EventLog['readStream']>[1]) =>
      collect(log.readStream(stream(suffix), options));

    describe('appending', () => {
      test('an event comes back as it went in, with its place and the time it was recorded', async () => {
        const before = Date.now();
        const event: NewEvent = {
          id: randomUUID(),
          type: 'order.placed',
          occurredAt: 1_700_000_000_123,
          data: { facts: { orderId: 'A-1', total: { minor: 1299, currency: 'EUR' }, gift: false, note: null } },
          personal: { traits: { name: 'Ada' } },
          metadata: { source: 'shop', schema: 1 },
        };
        const result = await append('a', NO_STREAM, [event]);
        const [back] = await readMine();

        expect(result).toEqual({ ok: true, revision: 0, position: back!.position, repeated: false });
        expect(plain(back!)).toEqual({ ...event, stream: stream('a'), revision: 0, position: back!.position });
        expect(back!.recordedAt).toBeGreaterThanOrEqual(before - 1000);
        expect(back!.recordedAt).toBeLessThanOrEqual(Date.now() + 1000);
      });

      test('an event without personal data comes back without', async () => {
        await append('a', NO_STREAM, [newEvent()]);
        expect((await readMine())[0]!.personal).toBeUndefined();
      });

      test('text of any script, and names of streams and types too, come back to the letter', async () => {
        const text = 'Łódź – 東京 – 🙂👩‍👩‍👧 – \u0000\u001f"\\ – \ud83d';
        const event = { ...newEvent({ text }), type: 'größe.geändert', personal: { text }, metadata: { ключ: text } };
        await append('straße-東京', NO_STREAM, [event]);
        const [back] = await streamEvents('straße-東京');
        expect(plain(back!)).toMatchObject({ ...event, stream: stream('straße-東京') });
      });

      test('an event of a megabyte comes back whole, and so do its neighbours', async () => {
        const events = [newEvent({ n: 0 }), newEvent({ big: 'x'.repeat(900_000) }), newEvent({ n: 2 })];
        await append('a', NO_STREAM, events);
        expect((await readMine()).map((event) => event.data)).toEqual(events.map((event) => event.data));
      });

      test('the events of one append take consecutive revisions and the answer names the last', async () => {
        expect(await append('a', NO_STREAM, [newEvent(), newEvent(), newEvent()])).toMatchObject({
          ok: true,
          revision: 2,
        });
        expect((await streamEvents('a')).map((event) => event.revision)).toEqual([0, 1, 2]);
      });

      test('the answer names where the last event stands; the others are found where they stand', async () => {
        const events = [newEvent(), newEvent(), newEvent()];
        const answer = (await append('a', NO_STREAM, events)) as AppendResult & { ok: true };
        const homes = await log.find(ids(events));
        const read = await readMine();
        expect(answer.position).toBe(read[2]!.position);
        expect(homes).toEqual(read.map(({ stream, revision, position }) => ({ stream, revision, position })));
      });

      test('events of the middle of an append, again and alone, are answered where they stand', async () => {
        const events = [newEvent(), newEvent(), newEvent()];
        await append('a', NO_STREAM, events);
        const answer = await append('a', 0, [events[1]!]);
        const { position } = (await streamEvents('a'))[1]!;
        expect(answer).toEqual({ ok: true, revision: 1, position, repeated: true });
      });

      test('an append at any but the last revision is refused with the actual one, and leaves no trace', async () => {
        await append('a', NO_STREAM, [newEvent(), newEvent()]);
        for (const expected of [NO_STREAM, 0, 2, 7]) {
          expect(await append('a', expected, [newEvent()])).toEqual({ ok: false, reason: 'WRONG_REVISION', actual: 1 });
        }
        expect(await append('new', 0, [newEvent()])).toEqual({
          ok: false,
          reason: 'WRONG_REVISION',
          actual: NO_STREAM,
        });
        expect(await readMine()).toHaveLength(2);
      });

      test('the same append again is answered as the first time and marked as repeated', async () => {
        const first = [newEvent(), newEvent()];
        const answer = await append('a', NO_STREAM, first);
        await append('a', 1, [newEvent()]);

        expect(await append('a', NO_STREAM, first)).toEqual({ ...answer, repeated: true });
        log = await subject.reopen();
        expect(await append('a', NO_STREAM, first)).toEqual({ ...answer, repeated: true });
        expect(await readMine()).toHaveLength(3);
      });

      test('an append that is like an earlier one only in part is not taken for it', async () => {
        const [a, b] = [newEvent(), newEvent()];
        await append('a', NO_STREAM, [a, b]);
        expect(await append('a', NO_STREAM, [a, newEvent()])).toMatchObject({
          ok: false,
          reason: 'WRONG_REVISION',
          actual: 1,
        });
        expect(await append('a', NO_STREAM, [b, a])).toMatchObject({ ok: false, reason: 'WRONG_REVISION', actual: 1 });
        expect(await append('a', NO_STREAM, [a, b, newEvent()])).toMatchObject({ ok: false, reason: 'WRONG_REVISION' });
      });

      test('an id that is known, in whatever stream, is refused by name, and the whole append with it', async () => {
        const known = newEvent();
        await append('a', NO_STREAM, [known]);
        expect(await append('b', NO_STREAM, [newEvent(), known])).toEqual({
          ok: false,
          reason: 'KNOWN_ID',
          ids: [known.id],
        });
        expect(await append('a', 0, [known])).toEqual({ ok: false, reason: 'KNOWN_ID', ids: [known.id] });
        expect(await readMine()).toHaveLength(1);
      });

      test('an id twice in one append is refused', async () => {
        const event = newEvent();
        expect(await append('a', NO_STREAM, [event, event])).toMatchObject({ ok: false, reason: 'KNOWN_ID' });
        expect(await streamEvents('a')).toEqual([]);
      });

      test('an id is known at any age and after a restart', async () => {
        const old = newEvent();
        await append('old', NO_STREAM, [old]);
        for (let i = 0; i < 10; i++) await log.append(Array.from({ length: 50 }, (_, k) => one(stream(`${i}-${k}`))));

        expect(await append('b', NO_STREAM, [old])).toEqual({ ok: false, reason: 'KNOWN_ID', ids: [old.id] });
        log = await subject.reopen();
        expect(await append('b', NO_STREAM, [old])).toEqual({ ok: false, reason: 'KNOWN_ID', ids: [old.id] });
      });

      test('of several appends in one call each succeeds or fails alone', async () => {
        await append('b', NO_STREAM, [newEvent()]);
        const results = await log.append([one(stream('a')), one(stream('b')), one(stream('c'))]);
        expect(results.map((result) => result.ok)).toEqual([true, false, true]);
        expect(await log.revisions([stream('a'), stream('b'), stream('c')])).toEqual([0, 0, 0]);
      });

      test('appends of one call to one stream are taken in their order', async () => {
        const results = await log.append([one(stream('a')), one(stream('a'), 0), one(stream('a'), 1)]);
        expect(results.map((result) => result.ok && result.revision)).toEqual([0, 1, 2]);
      });

      test('of appends that race for one revision exactly one wins', async () => {
        const results = await Promise.all(Array.from({ length: 20 }, () => append('a', NO_STREAM, [newEvent()])));
        expect(results.filter((result) => result.ok)).toHaveLength(1);
        expect(await streamEvents('a')).toHaveLength(1);
      });

      test('of appends that race with one id exactly one wins', async () => {
        const event = newEvent();
        const results = await Promise.all(Array.from({ length: 20 }, (_, i) => append(i, NO_STREAM, [event])));
        expect(results.filter((result) => result.ok)).toHaveLength(1);
        expect(await readMine()).toHaveLength(1);
      });
    });

    describe('reading all', () => {
      test('events come in the order in which they were appended, and positions rise', async () => {
        const events = Array.from({ length: 60 }, (_, n) => newEvent({ n }));
        for (const [i, event] of events.entries()) await append(i % 7, Math.floor(i / 7) - 1, [event]);
        const read = await readMine();
        expect(read.map((event) => event.id)).toEqual(events.map((event) => event.id));
        expect(rising(read)).toBe(true);
      });

      test('a reading goes on after any position', async () => {
        await fill(30);
        const all = await readMine();
        for (const i of [0, 1, 13, 28, 29]) {
          const rest = await readMine({ after: all[i]!.position });
          expect(ids(rest)).toEqual(ids(all.slice(i + 1)));
        }
      });

      test('a reading ends at the position asked for, that event included', async () => {
        await fill(30);
        const all = await readMine();
        for (const i of [0, 13, 29])
          expect(ids(await readMine({ upTo: all[i]!.position }))).toEqual(ids(all.slice(0, i + 1)));
        expect(await readMine({ after: all[5]!.position, upTo: all[5]!.position })).toEqual([]);
      });

      test('batches are no larger than asked for, and say how far they reach', async () => {
        await fill(25);
        const batches = await collect(log.read({ after: START, prefixes: [mine], batch: 10 }));
        let through: Position = START;
        for (const batch of batches) {
          expect(batch.events.length).toBeLessThanOrEqual(10);
          for (const event of batch.events)
            expect(event.position > through && event.position <= batch.through).toBe(true);
          through = batch.through;
        }
        expect(batches.flatMap((batch) => batch.events)).toHaveLength(25);
      });

      test('a reading that was left after a batch goes on from what the batch reached', async () => {
        await fill(25);
        const seen: string[] = [];
        let after: Position = START;
        for (;;) {
          let batch: Batch | undefined;
          for await (batch of log.read({ after, prefixes: [mine], batch: 4 })) break;
          if (batch === undefined) break;
          seen.push(...ids(batch.events));
          after = batch.through;
        }
        expect(seen).toEqual(ids(await readMine()));
      });

      test('only streams with one of the prefixes are delivered', async () => {
        await log.append(['red-1', 'blue-1', 'red-2', 'green-1', 'blueish'].map((suffix) => one(stream(suffix))));
        const read = await eventsOf(log.read({ after: START, prefixes: [stream('red-'), stream('blue-')] }));
        expect(read.map((event) => event.stream)).toEqual(['red-1', 'blue-1', 'red-2'].map(stream));
      });

      test('what the reading reached covers what the prefixes left out', async () => {
        const { position } = (await append('other', NO_STREAM, [newEvent()])) as AppendResult & { ok: true };
        const batches = await collect(log.read({ after: START, prefixes: [stream('none-')] }));
        expect(batches.flatMap((batch) => batch.events)).toEqual([]);
        expect(batches[batches.length - 1]!.through >= position).toBe(true);
      });

      test('a reading ends at what was there when it began', async () => {
        await fill(5);
        const seen: RecordedEvent[] = [];
        for await (const batch of log.read({ after: START, prefixes: [mine], batch: 1 })) {
          seen.push(...batch.events);
          if (seen.length < 50) await append(`more-${seen.length}`, NO_STREAM, [newEvent()]);
        }
        expect(seen.length).toBeGreaterThanOrEqual(5);
        expect(seen.length).toBeLessThan(50);
      });
    });

    describe('reading a stream', () => {
      beforeEach(async () => {
        for (let i = 0; i < 5; i++) {
          await append(
            's',
            20 * i - 1,
            Array.from({ length: 20 }, () => newEvent()),
          );
          await append('other', i - 1, [newEvent()]);
        }
      });

      test('forwards, from a revision on, and at most so many', async () => {
        expect(revisionsOf(await streamEvents('s'))).toEqual(range(0, 99));
        expect(revisionsOf(await streamEvents('s', { from: 37 }))).toEqual(range(37, 99));
        expect(revisionsOf(await streamEvents('s', { from: 37, limit: 41 }))).toEqual(range(37, 77));
        expect(await streamEvents('s', { from: 100 })).toEqual([]);
      });

      test('backwards, from the end or from a revision, and at most so many', async () => {
        expect(revisionsOf(await streamEvents('s', { backwards: true }))).toEqual(range(0, 99).reverse());
        expect(revisionsOf(await streamEvents('s', { backwards: true, from: 70, limit: 66 }))).toEqual(
          range(5, 70).reverse(),
        );
        expect(revisionsOf(await streamEvents('s', { backwards: true, from: 1000, limit: 2 }))).toEqual([99, 98]);
      });

      test('a stream without events yields nothing', async () => {
        expect(await streamEvents('nothing')).toEqual([]);
        expect(await streamEvents('nothing', { backwards: true })).toEqual([]);
      });

      test('and all of it the same after a restart', async () => {
        log = await subject.reopen();
        expect(revisionsOf(await streamEvents('s'))).toEqual(range(0, 99));
        expect(revisionsOf(await streamEvents('s', { backwards: true, limit: 3 }))).toEqual([99, 98, 97]);
      });
    });

    describe('looking up', () => {
      test('the last revision of each stream, known and unknown mixed, in the order asked', async () => {
        await append('a', NO_STREAM, [newEvent(), newEvent()]);
        await append('b', NO_STREAM, [newEvent()]);
        expect(await log.revisions([stream('b'), stream('x'), stream('a')])).toEqual([0, NO_STREAM, 1]);
      });

      test('where each event stands, known and unknown mixed, in the order asked', async () => {
        const [a, b] = [newEvent(), newEvent()];
        await append('a', NO_STREAM, [newEvent(), a]);
        const { position } = (await append('b', NO_STREAM, [b])) as AppendResult & { ok: true };
        const [homeB, unknown, homeA] = await log.find([b.id, randomUUID(), a.id.toUpperCase()]);
        expect(homeB).toEqual({ stream: stream('b'), revision: 0, position });
        expect(unknown).toBeUndefined();
        expect(homeA).toMatchObject({ stream: stream('a'), revision: 1 });
      });

      test('events by their positions, in the order asked', async () => {
        await fill(10);
        const all = await readMine();
        const wanted = [all[7]!, all[0]!, all[9]!];
        expect((await log.at(wanted.map((event) => event.position))).map(plain)).toEqual(wanted.map(plain));
      });

      test('the head is at or after everything appended, and reading up to it reads all', async () => {
        await fill(3);
        const all = await readMine();
        const head = await log.head();
        expect(head >= all[2]!.position).toBe(true);
        expect(await readMine({ upTo: head })).toHaveLength(3);
      });
    });

    describe('following', () => {
      let stop: AbortController;
      beforeEach(() => {
        stop = new AbortController();
      });
      afterEach(() => stop.abort());
      const follow = (from: Partial<ReadAll> = {}) =>
        log.follow({ after: START, prefixes: [mine], ...from }, stop.signal);

      test('catches up and goes on live, without gap or repeat, while others append', async () => {
        const total = 400;
        await fill(100);
        const writers = Array.from({ length: 3 }, async (_, w) => {
          for (let i = 0; i < 100; i++) await append(`w${w}`, i - 1, [newEvent()]);
        });
        const seen = await take(follow({ batch: 7 }), total);
        await Promise.all(writers);
        expect(ids(seen)).toEqual(ids(await readMine()));
        expect(rising(seen)).toBe(true);
      });

      test('goes on after a position', async () => {
        await fill(10);
        const all = await readMine();
        const rest = take(follow({ after: all[6]!.position }), 4);
        const late = newEvent();
        await append('late', NO_STREAM, [late]);
        expect(ids(await rest)).toEqual([...ids(all.slice(7)), late.id]);
      });

      test('waits at the end of the log, and delivers what comes then', async () => {
        await fill(3);
        const batches = follow()[Symbol.asyncIterator]();
        let got = 0;
        while (got < 3) got += ((await batches.next()).value as Batch).events.length;
        const next = nextEvents(batches);
        const late = newEvent();
        await append('late', NO_STREAM, [late]);
        expect(ids(await next)).toEqual([late.id]);
      });

      test('delivers only streams with one of the prefixes', async () => {
        const seen = take(follow({ prefixes: [stream('yes-')] }), 3);
        for (let i = 0; i < 3; i++) await log.append([one(stream(`no-${i}`)), one(stream(`yes-${i}`))]);
        expect((await seen).map((event) => event.stream)).toEqual([0, 1, 2].map((i) => stream(`yes-${i}`)));
      });

      test('a slow reader gets everything in batches no larger than asked for', async () => {
        const batches = follow({ batch: 10 })[Symbol.asyncIterator]();
        const seen: string[] = [];
        for (let round = 0; round < 5; round++) {
          await fill(50, `r${round}`);
          const { value } = (await batches.next()) as IteratorYieldResult<Batch>;
          expect(value.events.length).toBeLessThanOrEqual(10);
          seen.push(...ids(value.events));
        }
        while (seen.length < 250) {
          const { value } = (await batches.next()) as IteratorYieldResult<Batch>;
          expect(value.events.length).toBeLessThanOrEqual(10);
          seen.push(...ids(value.events));
        }
        expect(seen).toEqual(ids(await readMine()));
      });

      test('ends when it is told to, while it waits and while it reads', async () => {
        await fill(20);
        const waiting = collect(follow());
        const reading = (async () => {
          let batches = 0;
          for await (const _ of follow({ batch: 1 })) if (++batches === 3) stop.abort();
          return batches;
        })();
        expect(await reading).toBe(3);
        await waiting;
      });
    });

    /** So many events in streams of their own. */
    async function fill(count: number, prefix = 'fill'): Promise<void> {
      await log.append(Array.from({ length: count }, (_, i) => one(stream(`${prefix}-${i}`))));
    }
  });
}

function newEvent(data: JsonObject = {}): NewEvent {
  return { id: randomUUID(), type: 'page.viewed', occurredAt: 1_700_000_000_000, data, metadata: {} };
}

function one(stream: string, expectedRevision = NO_STREAM): Append {
  return { stream, expectedRevision, events: [newEvent()] };
}

/** An event's parts but the time it was recorded, for comparing. */
function plain(event: RecordedEvent) {
  const { position, stream, revision, id, type, occurredAt, data, personal, metadata } = event;
  return { position, stream, revision, id, type, occurredAt, data, personal, metadata };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function eventsOf(batches: AsyncIterable<Batch>): Promise<RecordedEvent[]> {
  return (await collect(batches)).flatMap((batch) => batch.events);
}

/** The first so many events; the reading is then left. */
async function take(batches: AsyncIterable<Batch>, count: number): Promise<RecordedEvent[]> {
  const seen: RecordedEvent[] = [];
  for await (const batch of batches) {
    seen.push(...batch.events);
    if (seen.length >= count) break;
  }
  return seen;
}

async function nextEvents(batches: AsyncIterator<Batch>): Promise<readonly RecordedEvent[]> {
  for (;;) {
    const { value, done } = await batches.next();
    if (done || value.events.length > 0) return done ? [] : value.events;
  }
}

function ids(events: readonly { readonly id: string }[]): string[] {
  return events.map((event) => event.id);
}

function revisionsOf(events: readonly RecordedEvent[]): number[] {
  return events.map((event) => event.revision);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function rising(events: readonly RecordedEvent[]): boolean {
  return events.every((event, i) => i === 0 || events[i - 1]!.position < event.position);
}
