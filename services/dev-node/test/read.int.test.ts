import { describe, expect, test } from '@jest/globals';
import {
  BACKWARDS,
  binaryEvent,
  END,
  jsonEvent,
  START,
  StreamNotFoundError,
  type Position,
} from '@eventstore/db-client';
import { collect, failure, idsOf, idsRead, jsonEvents, binaryEvents, revisionsRead, useNode } from './support/node.ts';

const { client } = useNode();

describe('A stream', () => {
  const events = [...jsonEvents(150, 'json-test'), ...binaryEvents(50, 'binary-test')];
  const read = (options = {}) => collect(client().readStream('read-me', options));

  test('is read from either end, from any revision, either way, as many as asked for', async () => {
    await client().appendToStream('read-me-not', jsonEvents(5));
    await client().appendToStream('read-me', events);
    const all = idsOf(events);
    const back = all.toReversed();
    expect(idsRead(await read())).toEqual(all);
    expect(idsRead(await read({ fromRevision: 190n }))).toEqual(all.slice(190));
    expect(idsRead(await read({ fromRevision: START, maxCount: 70 }))).toEqual(all.slice(0, 70));
    expect(idsRead(await read({ direction: BACKWARDS, fromRevision: END }))).toEqual(back);
    expect(idsRead(await read({ direction: BACKWARDS, fromRevision: 1n }))).toEqual(all.slice(0, 2).toReversed());
    expect(idsRead(await read({ direction: BACKWARDS, fromRevision: END, maxCount: 1 }))).toEqual(back.slice(0, 1));
    expect(idsRead(await read({ direction: BACKWARDS, fromRevision: START }))).toEqual(all.slice(0, 1));
    expect(idsRead(await read({ direction: BACKWARDS, fromRevision: 99_999_999_999n }))).toEqual(back);
    expect(await read({ fromRevision: 200n })).toEqual([]);
    expect(await read({ fromRevision: END })).toEqual([]);
    expect(await read({ fromRevision: 2n ** 64n - 1n })).toEqual([]);
  });

  test('that is not there is not found, by name', async () => {
    for (const name of ['nowhere', 'größe 😾', '$$nowhere']) {
      const error = (await failure(collect(client().readStream(name)))) as StreamNotFoundError;
      expect(error).toBeInstanceOf(StreamNotFoundError);
      expect(error.streamName).toBe(name);
    }
  });

  test('keeps links; a reader that asks gets what they name, or the link alone when that is gone', async () => {
    const target = jsonEvents(3);
    await client().appendToStream('target', target);
    const links = ['2@target', '9@target', 'no link'].map((to) => binaryEvent({ type: '$>', data: Buffer.from(to) }));
    await client().appendToStream('links', links);
    const [trueEvent] = await collect(client().readStream('target', { fromRevision: 2n }));
    expect(idsRead(await collect(client().readStream('links')))).toEqual(idsOf(links));
    const resolved = await collect(client().readStream('links', { resolveLinkTos: true }));
    expect(resolved.map(({ event }) => event)).toEqual([trueEvent!.event, undefined, undefined]);
    expect(resolved.map(({ link }) => link!.id)).toEqual(idsOf(links));
    const all = await collect(client().readAll({ resolveLinkTos: true, fromPosition: resolved[0]!.link!.position! }));
    expect(all[0]!.event).toEqual(trueEvent!.event);
  });
});

describe('What a stream’s metadata hides', () => {
  const revisions = async (stream: string, options = {}) =>
    revisionsRead(await collect(client().readStream(stream, options)));

  test.each([
    [{ maxCount: 3 }, [7, 8, 9]],
    [{ truncateBefore: 8 }, [8, 9]],
    [{ truncateBefore: 4, maxCount: 5 }, [5, 6, 7, 8, 9]],
    [{ truncateBefore: 100 }, []],
    [{ maxAge: 1000 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('by %p is not read, in either direction', async (metadata, shown) => {
    const stream = `limited-${JSON.stringify(metadata)}`;
    await client().setStreamMetadata(stream, metadata);
    await client().appendToStream(stream, jsonEvents(10));
    expect(await revisions(stream)).toEqual(shown);
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: END })).toEqual(shown.toReversed());
    expect(await revisions(stream, { fromRevision: 8n })).toEqual(shown.filter((revision) => revision >= 8));
    await client().appendToStream(stream, jsonEvents(1), { expectedRevision: 9n });
  });

  test('by age goes as time goes by', async () => {
    await client().setStreamMetadata('ageing', { maxAge: 1 });
    await client().appendToStream('ageing', jsonEvents(3));
    expect(await revisions('ageing')).toEqual([0, 1, 2]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await revisions('ageing')).toEqual([]);
  });

  test('is as metadata was set last, and metadata comes back as it was set', async () => {
    const metadata = {
      maxAge: 2000,
      cacheControl: 15,
      truncateBefore: 1,
      maxCount: 12,
      acl: {
        readRoles: ['admin'],
        writeRoles: ['admin'],
        deleteRoles: ['admin'],
        metaReadRoles: ['admin'],
        metaWriteRoles: ['admin'],
      },
      turkey: '🦃',
    };
    expect(await client().getStreamMetadata('described')).toEqual({ streamName: 'described' });
    const { nextExpectedRevision } = await client().setStreamMetadata('described', metadata);
    expect((await client().getStreamMetadata('described')).metadata).toEqual(metadata);
    await client().setStreamMetadata('described', { maxCount: 11 }, { expectedRevision: nextExpectedRevision });
    expect((await client().getStreamMetadata('described')).metadata).toEqual({ maxCount: 11 });
    expect(await collect(client().readStream('$$described'))).toHaveLength(1);
  });
});

describe('The whole log', () => {
  test('is read in its order from either end and from any position, either way', async () => {
    const before = await collect(client().readAll());
    expect(before[0]!.event!.streamId.startsWith('$')).toBe(true);
    const events = jsonEvents(60);
    for (let i = 0; i < 60; i++) await client().appendToStream(`all-${i % 7}`, events[i]!);
    const all = await collect(client().readAll());
    expect(idsRead(all)).toEqual([...idsRead(before), ...idsOf(events)]);
    expect(await collect(client().readAll({ direction: BACKWARDS, fromPosition: END }))).toEqual(all.toReversed());
    const positions = all.map(({ event }) => event!.position!.commit);
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
    for (const at of [0, 1, before.length, all.length - 1]) {
      const fromPosition = all[at]!.event!.position!;
      expect(await collect(client().readAll({ fromPosition }))).toEqual(all.slice(at));
      expect(await collect(client().readAll({ fromPosition, direction: BACKWARDS }))).toEqual(
        all.slice(0, at).toReversed(),
      );
    }
    expect(await collect(client().readAll({ maxCount: 2 }))).toEqual(all.slice(0, 2));
    expect(await collect(client().readAll({ fromPosition: END }))).toEqual([]);
    const beyond: Position = { commit: 10n ** 15n, prepare: 10n ** 15n };
    expect(await collect(client().readAll({ fromPosition: beyond }))).toEqual([]);
    expect(await collect(client().readAll({ fromPosition: beyond, direction: BACKWARDS, maxCount: 3 }))).toEqual(
      all.toReversed().slice(0, 3),
    );
  });

  test('has nothing at a position that it never gave out', async () => {
    const error = await failure(collect(client().readAll({ fromPosition: { commit: 1n, prepare: 1n } })));
    expect(error.message).toContain('INVALID_ARGUMENT');
  });

  test('of 50,000 events comes back in order, forwards and backwards', async () => {
    const { position } = await client().appendToStream('marker', jsonEvents(1));
    const ids: string[] = [];
    for (let i = 0; i < 100; i++) {
      const events = Array.from({ length: 500 }, (_, n) =>
        jsonEvent({ type: 'many', data: { n, text: 'x'.repeat(100) } }),
      );
      ids.push(...idsOf(events));
      await client().appendToStream(`many-${i}`, events);
    }
    expect(idsRead(await collect(client().readAll({ fromPosition: position! }))).slice(1)).toEqual(ids);
    const back = await collect(client().readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50_000 }));
    expect(idsRead(back)).toEqual(ids.toReversed());
  });
});
