import { describe, expect, test } from '@jest/globals';
import {
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { BY_CALL, collect, failure, jsonEvents, revisionsRead, useNode } from './support/node.ts';

const { client } = useNode();
const read = (stream: string) => collect(client().readStream(stream));

describe('A deleted stream', () => {
  test('is not found, and begins again after its last revision with the next append', async () => {
    await client().appendToStream('again', jsonEvents(4));
    const { position } = await client().deleteStream('again', { expectedRevision: 3n });
    expect(position!.commit).toBeGreaterThan(0n);
    expect(await failure(read('again'))).toBeInstanceOf(StreamNotFoundError);
    const events = jsonEvents(2);
    const begun = await client().appendToStream('again', events, { expectedRevision: NO_STREAM });
    expect(begun.nextExpectedRevision).toBe(5n);
    expect(revisionsRead(await read('again'))).toEqual([4, 5]);
    const { metadata } = await client().getStreamMetadata('again');
    expect(metadata).toEqual({ truncateBefore: 4 });
  });

  test.each([
    ['any', undefined],
    ['its last revision', 1n],
  ])('begins again by an append that expects %s', async (name, expectedRevision) => {
    const stream = `deleted-${name}`;
    await client().appendToStream(stream, jsonEvents(2));
    await client().deleteStream(stream);
    await client().appendToStream(stream, jsonEvents(1), expectedRevision === undefined ? {} : { expectedRevision });
    expect(revisionsRead(await read(stream))).toEqual([2]);
  });

  test('begins again, empty, when its metadata is set, which is kept', async () => {
    await client().appendToStream('revived', jsonEvents(3));
    await client().deleteStream('revived');
    await client().setStreamMetadata('revived', { maxCount: 10 });
    expect((await client().getStreamMetadata('revived')).metadata).toEqual({ maxCount: 10, truncateBefore: 3 });
    expect(await read('revived')).toEqual([]);
    await client().appendToStream('revived', jsonEvents(1), { expectedRevision: 2n });
    expect(revisionsRead(await read('revived'))).toEqual([3]);
  });

  test('does not exist, to who expects it to', async () => {
    await client().appendToStream('gone', jsonEvents(1));
    await client().deleteStream('gone');
    const error = await failure(client().appendToStream('gone', jsonEvents(1), { expectedRevision: STREAM_EXISTS }));
    expect(error).toBeInstanceOf(StreamDeletedError);
  });

  test('keeps its events in the whole log', async () => {
    const events = jsonEvents(2, 'kept');
    await client().appendToStream('kept', events);
    await client().deleteStream('kept');
    const all = await collect(client().readAll());
    expect(all.filter(({ event }) => event!.type === 'kept')).toHaveLength(2);
  });
});

describe('Deleting', () => {
  test.each([
    [0n, 4],
    [5n, 4],
    [NO_STREAM, 4],
    [2n, 0],
    [NO_STREAM, 0],
  ] as const)('expecting %p of a stream of %p events is refused', async (expectedRevision, count) => {
    const stream = `not-deleted-${String(expectedRevision)}-${count}`;
    if (count > 0) await client().appendToStream(stream, jsonEvents(count));
    const options = { expectedRevision: expectedRevision as typeof NO_STREAM };
    const error = (await failure(client().deleteStream(stream, options))) as WrongExpectedVersionError;
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error.streamName).toBe(stream);
    expect(error.actualVersion).toBe(count === 0 ? NO_STREAM : BigInt(count - 1));
  });

  test('a stream that is there by its metadata only succeeds', async () => {
    await client().setStreamMetadata('implicit', { cacheControl: 10 });
    await client().deleteStream('implicit', { expectedRevision: NO_STREAM });
    expect(await failure(read('implicit'))).toBeInstanceOf(StreamNotFoundError);
  });
});

describe('A tombstoned stream', () => {
  test('is gone for ever, to readers and writers, by name', async () => {
    await client().appendToStream('tomb', jsonEvents(3));
    expect((await client().tombstoneStream('tomb', { expectedRevision: 2n })).position).toBeDefined();
    for (const attempt of [
      read('tomb'),
      client().appendToStream('tomb', jsonEvents(1)),
      client().appendToStream('tomb', jsonEvents(1), BY_CALL),
      client().appendToStream('tomb', jsonEvents(1), { expectedRevision: 2n }),
      client().deleteStream('tomb'),
      client().tombstoneStream('tomb'),
      collect(client().subscribeToStream('tomb')),
    ]) {
      const error = (await failure(attempt)) as StreamDeletedError;
      expect(error).toBeInstanceOf(StreamDeletedError);
      expect(error.streamName).toBe('tomb');
    }
  });

  test('shows its end in the whole log, at the highest revision there is', async () => {
    await client().tombstoneStream('never-was', { expectedRevision: NO_STREAM });
    const all = await collect(client().readAll());
    const end = all.find(({ event }) => event!.streamId === 'never-was')!.event!;
    expect([end.type, end.revision]).toEqual(['$streamDeleted', 2n ** 63n - 1n]);
    expect(await failure(read('never-was'))).toBeInstanceOf(StreamDeletedError);
  });

  test('takes an exact expectation', async () => {
    await client().appendToStream('alive', jsonEvents(3));
    for (const expectedRevision of [1n, 3n, NO_STREAM] as const)
      expect(await failure(client().tombstoneStream('alive', { expectedRevision }))).toBeInstanceOf(
        WrongExpectedVersionError,
      );
    expect(await read('alive')).toHaveLength(3);
  });

  test('ends a subscription to it', async () => {
    await client().appendToStream('followed', jsonEvents(1));
    const subscription = client().subscribeToStream('followed');
    const all = collect(subscription);
    subscription.once('caughtUp', () => void client().tombstoneStream('followed'));
    expect(await failure(all)).toBeInstanceOf(StreamDeletedError);
  });
});
