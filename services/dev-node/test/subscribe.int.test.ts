import { describe, expect, test } from '@jest/globals';
import {
  END,
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  START,
  streamNameFilter,
  type EventStoreDBClient,
  type Position,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { collect, connect, failure, idsOf, idsRead, jsonEvents, revisionsRead, useNode } from './support/node.ts';

const { client, node } = useNode();

/** What a subscription delivers, up to and with the n-th event. */
async function take(subscription: AsyncIterable<ResolvedEvent>, count: number): Promise<ResolvedEvent[]> {
  const events: ResolvedEvent[] = [];
  for await (const event of subscription) if (events.push(event) === count) break;
  return events;
}

/** Writes appends of one event each, one after the other, as fast as it can. */
async function write(
  to: EventStoreDBClient,
  count: number,
  stream = (i: number) => `written-${i % 10}`,
): Promise<string[]> {
  const events = jsonEvents(count, 'written');
  for (const [i, event] of events.entries()) await to.appendToStream(stream(i), event);
  return idsOf(events);
}

describe('A subscription to all', () => {
  test('begun before, amid and after writing delivers each event once, in order, and what is written later as well', async () => {
    const writer = connect(node().url);
    const { position } = await writer.appendToStream('marker', jsonEvents(1));
    const filter = eventTypeFilter({ prefixes: ['written'] });
    const plain = take(client().subscribeToAll({ fromPosition: position! }), 3000);
    const filtered = take(client().subscribeToAll({ fromPosition: position!, filter }), 3000);
    const ids = await write(writer, 1500);
    const amid = take(client().subscribeToAll({ fromPosition: position!, filter }), 3000);
    ids.push(...(await write(writer, 1500)));
    const after = take(client().subscribeToAll({ fromPosition: position!, filter }), 3000);
    for (const delivered of [plain, filtered, amid, after]) expect(idsRead(await delivered)).toEqual(ids);
    await writer.dispose();
  });

  test('goes on after the position it is given, wherever that is', async () => {
    const { position } = await client().appendToStream('marker', jsonEvents(1));
    const ids = await write(client(), 30);
    const first = await take(client().subscribeToAll({ fromPosition: position! }), 12);
    const rest = await take(client().subscribeToAll({ fromPosition: first[11]!.event!.position! }), 18);
    expect(idsRead([...first, ...rest])).toEqual(ids);
  });

  test('from the end delivers only what comes, and tells when it has caught up', async () => {
    await client().appendToStream('earlier', jsonEvents(5));
    const subscription = client().subscribeToAll({ fromPosition: END });
    const delivered = take(subscription, 3);
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    const events = jsonEvents(3);
    await client().appendToStream('later', events);
    expect(idsRead(await delivered)).toEqual(idsOf(events));
  });

  test('tells once that it was confirmed, then once, after all that was there, that it has caught up', async () => {
    const there = await collect(client().readAll());
    const told: string[] = [];
    const subscription = client().subscribeToAll({ fromPosition: START });
    for (const what of ['confirmation', 'caughtUp', 'fellBehind'] as const)
      subscription.on(what, () => told.push(what));
    const delivered = take(
      subscription.on('data', () => told.push('event')),
      there.length + 2,
    );
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    await client().appendToStream('after-all', jsonEvents(2));
    await delivered;
    expect(told).toEqual(['confirmation', ...there.map(() => 'event'), 'caughtUp', 'event', 'event']);
  });

  test('of which more is known than there is waits until the log has come so far', async () => {
    const head = (await collect(client().readAll({ direction: 'backwards', fromPosition: END, maxCount: 1 })))[0]!;
    const beyond = { commit: head.event!.position!.commit + 1000n, prepare: head.event!.position!.commit + 1000n };
    const delivered = take(client().subscribeToAll({ fromPosition: beyond }), 1);
    await client().appendToStream('short', jsonEvents(20));
    const [first] = await delivered;
    expect(first!.event!.position!.commit).toBeGreaterThan(beyond.commit);
  });
});

describe('A filter', () => {
  test.each([
    ['streams by prefix', streamNameFilter({ prefixes: ['fruit-apple', 'fruit-pear'] }), ['apple', 'pear', 'apple']],
    ['streams by regular expression', streamNameFilter({ regex: '^fruit-.*m$' }), ['plum']],
    ['types by prefix', eventTypeFilter({ prefixes: ['kind-a'] }), ['apple', 'plum']],
    ['types by regular expression', eventTypeFilter({ regex: '^kind-[b-z]' }), ['pear', 'apple']],
  ])('selects %s on the server', async (_, filter, fruits) => {
    const { position } = await client().appendToStream('marker', jsonEvents(1));
    for (const [fruit, type] of [
      ['apple', 'kind-a'],
      ['pear', 'kind-b'],
      ['plum', 'kind-a'],
      ['apple', 'kind-c'],
    ] as const)
      await client().appendToStream(`fruit-${fruit}`, jsonEvent({ type, data: {} }));
    const delivered = await take(client().subscribeToAll({ fromPosition: position!, filter }), fruits.length);
    expect(delivered.map(({ event }) => event!.streamId)).toEqual(fruits.map((fruit) => `fruit-${fruit}`));
  });

  test('that is no regular expression is refused', async () => {
    const filter = streamNameFilter({ regex: '(' });
    expect((await failure(collect(client().subscribeToAll({ filter })))).message).toContain('INVALID_ARGUMENT');
  });

  test('tells how far it has looked each time so many events were looked at, selected or not', async () => {
    const { position } = await client().appendToStream('marker', jsonEvents(1));
    const checkpoints: Position[] = [];
    const filter = excludeSystemEvents({
      checkpointInterval: 2,
      checkpointReached: async (_subscription, reached) => void checkpoints.push(reached),
    });
    const delivered = take(client().subscribeToAll({ fromPosition: position!, filter }), 384);
    await client().appendToStream('looked-at', jsonEvents(8));
    for (let i = 0; i < 18; i++) await client().appendToStream('looked-at', jsonEvents(20));
    await client().appendToStream('looked-at', jsonEvents(16));
    const positions = (await delivered).map(({ event }) => event!.position!.commit);
    // A checkpoint follows each 2 × 32 events, the last one's with or without the reader still there to see it.
    const expected = [64, 128, 192, 256, 320, 384].map((n) => positions[n - 1]!);
    expect(expected.slice(0, 5)).toEqual(checkpoints.slice(0, 5).map(({ commit }) => commit));
  });

  test('that selects nothing still tells how far it has looked, so that looking can go on from there', async () => {
    const { position } = await client().appendToStream('marker', jsonEvents(1));
    await client().appendToStream('ignored', jsonEvents(25));
    const all = await collect(client().readAll({ fromPosition: position! }));
    const reached = await new Promise<Position[]>((resolve, reject) => {
      const positions: Position[] = [];
      const filter = streamNameFilter({
        prefixes: ['nothing-is-named-so'],
        maxSearchWindow: 10,
        checkpointReached: async (subscription, at) => {
          if (positions.push(at) < 2) return;
          resolve(positions);
          await subscription.unsubscribe();
        },
      });
      client().subscribeToAll({ fromPosition: position!, filter }).on('error', reject).resume();
    });
    expect(reached).toEqual([all[10]!.event!.position, all[20]!.event!.position]);
  });
});

describe('A subscription to a stream', () => {
  test.each([
    ['its start', START, [0, 1, 2, 3, 4, 5]],
    ['a revision', 1n, [2, 3, 4, 5]],
    ['its end', END, [4, 5]],
  ] as const)('from %s delivers what follows, and what is written later', async (name, fromRevision, revisions) => {
    const stream = `followed from ${name}`;
    await client().appendToStream(stream, jsonEvents(4));
    const subscription = client().subscribeToStream(stream, { fromRevision });
    const delivered = take(subscription, revisions.length);
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    await client().appendToStream(`${stream} not`, jsonEvents(2));
    await client().appendToStream(stream, jsonEvents(2));
    expect(revisionsRead(await delivered)).toEqual(revisions);
  });

  test('that does not exist yet begins with it', async () => {
    const delivered = take(client().subscribeToStream('to-come'), 2);
    await client().appendToStream('to-come', jsonEvents(2));
    expect(revisionsRead(await delivered)).toEqual([0, 1]);
  });

  test('amid writing delivers each event once, in order', async () => {
    const ids = write(client(), 1000, () => 'busy');
    const delivered = await Promise.all([0, 1, 2].map(() => take(client().subscribeToStream('busy'), 1000)));
    for (const events of delivered) expect(idsRead(events)).toEqual(await ids);
  });
});
