import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  ANY,
  binaryEvent,
  DeadlineExceededError,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import fc from 'fast-check';
import { BY_CALL, collect, failure, idsOf, idsRead, jsonEvents, revisionsRead, useNode } from './support/node.ts';

const { client } = useNode();

describe.each([
  ['in one long call', {}],
  ['by a call each', BY_CALL],
])('Appended %s', (_, how) => {
  const append = (stream: string, events: ReturnType<typeof jsonEvents>, options = {}) =>
    client().appendToStream(stream, events, { ...how, ...options });
  const newStream = () => `stream-${randomUUID()}`;

  test('events follow each other in their stream, and the answer tells the last one’s revision and position', async () => {
    const stream = newStream();
    const events = jsonEvents(5);
    const first = await append(stream, events.slice(0, 3), { expectedRevision: NO_STREAM });
    const second = await append(stream, events.slice(3), { expectedRevision: first.nextExpectedRevision });
    expect([first.nextExpectedRevision, second.nextExpectedRevision]).toEqual([2n, 4n]);
    const read = await collect(client().readStream(stream));
    expect(idsRead(read)).toEqual(idsOf(events));
    expect(revisionsRead(read)).toEqual([0, 1, 2, 3, 4]);
    expect(read[2]!.event!.position).toEqual(first.position);
    expect(read[4]!.event!.position).toEqual(second.position);
    expect(second.position!.commit).toBeGreaterThan(first.position!.commit);
    expect(read[4]!.commitPosition).toBe(second.position!.commit);
  });

  test.each([
    [NO_STREAM, 2, 2n],
    [7n, 2, 2n],
    [0n, 2, 2n],
    [1n, -1, NO_STREAM],
    [STREAM_EXISTS, -1, NO_STREAM],
  ] as const)(
    'events that expect %p of a stream at revision %p are refused, and the answer tells both',
    async (expected, last, actual) => {
      const stream = newStream();
      if (last >= 0) await append(stream, jsonEvents(last + 1));
      const error = (await failure(
        append(stream, jsonEvents(2), { expectedRevision: expected }),
      )) as WrongExpectedVersionError;
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error.streamName).toBe(stream);
      expect(error.expectedVersion).toBe(expected);
      expect(error.actualVersion).toBe(actual);
      expect(last < 0 ? [] : revisionsRead(await collect(client().readStream(stream)))).toHaveLength(last + 1);
    },
  );

  test('a stream that has metadata only exists', async () => {
    const stream = newStream();
    await client().setStreamMetadata(stream, { maxCount: 10 });
    await append(stream, jsonEvents(1), { expectedRevision: STREAM_EXISTS });
    expect(await collect(client().readStream(stream))).toHaveLength(1);
  });

  test.each([NO_STREAM, ANY, STREAM_EXISTS])(
    'events sent again expecting %p are there once, at the same position',
    async (expected) => {
      const stream = newStream();
      if (expected === STREAM_EXISTS) await append(stream, jsonEvents(1));
      const events = jsonEvents(3);
      const first = await append(stream, events, { expectedRevision: expected });
      await append(stream, jsonEvents(2));
      const again = await append(stream, events, { expectedRevision: expected });
      expect(again).toEqual(first);
      const last = await append(stream, events.slice(2), { expectedRevision: first.nextExpectedRevision - 1n });
      expect(last).toEqual(first);
      expect(await collect(client().readStream(stream))).toHaveLength(expected === STREAM_EXISTS ? 6 : 5);
    },
  );

  test('events of which only the first were there already are refused', async () => {
    const stream = newStream();
    const events = jsonEvents(2);
    await append(stream, events, { expectedRevision: NO_STREAM });
    for (const expectedRevision of [NO_STREAM, ANY] as const) {
      const error = await failure(append(stream, [...events, ...jsonEvents(1)], { expectedRevision }));
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
    }
  });

  test('an id may stand in any number of streams, and again in its own at another exact revision', async () => {
    const [one, other] = [newStream(), newStream()];
    const events = jsonEvents(1);
    await append(one, events, { expectedRevision: NO_STREAM });
    await append(other, events, { expectedRevision: NO_STREAM });
    await append(one, events, { expectedRevision: 0n });
    expect(idsRead(await collect(client().readStream(one)))).toEqual([events[0]!.id, events[0]!.id]);
    expect(idsRead(await collect(client().readStream(other)))).toEqual([events[0]!.id]);
  });

  test('nothing at all succeeds, and nothing is there', async () => {
    const stream = newStream();
    expect((await append(stream, [])).success).toBe(true);
    await append(stream, jsonEvents(2));
    expect((await append(stream, [], { expectedRevision: 1n })).nextExpectedRevision).toBe(1n);
    expect(await collect(client().readStream(stream))).toHaveLength(2);
  });

  test('more than a mebibyte is refused, and the answer tells how much may come', async () => {
    const stream = newStream();
    const error = (await failure(append(stream, jsonEvents(40_000)))) as MaxAppendSizeExceededError;
    expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
    expect(error.maxAppendSize).toBe(1024 * 1024);
    const big = (bytes: number) => [binaryEvent({ type: 't', data: Buffer.alloc(bytes) })];
    expect(await failure(append(stream, big(1024 * 1024 - 1)))).toBeInstanceOf(MaxAppendSizeExceededError);
    expect((await append(stream, big(1024 * 1024 - 2))).nextExpectedRevision).toBe(0n);
  });

  test('too late for their deadline, events are refused', async () => {
    const error = await failure(append(newStream(), jsonEvents(30_000), { deadline: 1 }));
    expect(error).toBeInstanceOf(DeadlineExceededError);
  });

  test('an event that cannot be stored is refused alone, and what comes with it is stored', async () => {
    const stream = newStream();
    const [bad, good] = await Promise.allSettled([
      append(stream, [jsonEvent({ type: 'x'.repeat(70_000), data: {} })]),
      append(stream, jsonEvents(1)),
    ]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
    expect((bad as PromiseRejectedResult).reason.message).toContain('event type');
  });

  test('data, metadata and type come back byte for byte, whatever they are', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, bytes, fc.string({ minLength: 1, unit: 'binary' }), async (data, metadata, type) => {
        const stream = newStream();
        const event = binaryEvent({ type, data: new Uint8Array(data), metadata: new Uint8Array(metadata) });
        await append(stream, [event]);
        const [read] = await collect(client().readStream(stream));
        expect(read!.event!.isJson).toBe(false);
        expect(read!.event!.type).toBe(Buffer.from(type).toString());
        expect(Buffer.from(read!.event!.data as Uint8Array)).toEqual(Buffer.from(data));
        const back = read!.event!.metadata;
        if (back instanceof Uint8Array) expect(Buffer.from(back)).toEqual(Buffer.from(metadata));
        else expect(back ?? '').toEqual(metadata.length === 0 ? '' : JSON.parse(Buffer.from(metadata).toString()));
      }),
      { numRuns: 60 },
    );
  });

  test('JSON comes back as it was, with when it was written', async () => {
    const stream = newStream();
    const data = { text: 'CC ‐ 1830 \u0018 Ę 😾', list: [1.5, null, { deep: true }], __proto__: 'no' };
    const before = Date.now();
    await append(stream, [jsonEvent({ type: 'case.resolved', data, metadata: { $correlationId: 'c' } })]);
    const [read] = await collect(client().readStream(stream));
    expect(read!.event).toMatchObject({ isJson: true, data, metadata: { $correlationId: 'c' }, streamId: stream });
    expect(read!.event!.created.getTime()).toBeGreaterThanOrEqual(before);
    expect(read!.event!.created.getTime()).toBeLessThanOrEqual(Date.now());
  });
});

describe('Appends of one client, all at once', () => {
  test('to one stream whatever its revision all succeed, in the order they were sent', async () => {
    const events = jsonEvents(10_000);
    await Promise.all(events.map((event) => client().appendToStream('flood', event)));
    expect(idsRead(await collect(client().readStream('flood')))).toEqual(idsOf(events));
  });

  test('to one stream at one revision: one succeeds', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => client().appendToStream('race', jsonEvents(2), { expectedRevision: NO_STREAM })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await collect(client().readStream('race'))).toHaveLength(2);
  });

  test('in many fragments are each one append', async () => {
    const streams = ['fragments-a', 'fragments-b', 'fragments-c'];
    const events = streams.map(() => jsonEvents(2000));
    await Promise.all(
      streams.map((stream, i) => client().appendToStream(stream, events[i]!, { batchAppendSize: 1024 })),
    );
    for (const [i, stream] of streams.entries())
      expect(idsRead(await collect(client().readStream(stream)))).toEqual(idsOf(events[i]!));
  });
});
