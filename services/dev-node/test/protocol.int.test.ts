import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { credentials, status, type ServiceError } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  EventStoreDBClient,
  NO_STREAM,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  START,
  UnknownError,
} from '@eventstore/db-client';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { startDevNode } from '../src/index.ts';
import { BY_CALL, collect, failure, idsOf, idsRead, jsonEvents, newFolder, useNode } from './support/node.ts';

const { client, node } = useNode();
const ofStream = persistentSubscriptionToStreamSettingsFromDefaults();
const ofAll = persistentSubscriptionToAllSettingsFromDefaults();

describe('A client', () => {
  test.each([
    ['by discovery', (port: number) => `esdb+discover://127.0.0.1:${port}?tls=false`],
    ['as one of several addresses', (port: number) => `esdb://127.0.0.1:${port},127.0.0.1:${port}?tls=false`],
    ['that prefers followers', (port: number) => `esdb+discover://localhost:${port}?tls=false&nodePreference=follower`],
    ['with a name and a password', (port: number) => `esdb://admin:changeit@127.0.0.1:${port}?tls=false`],
  ])('finds the node %s', async (_, url) => {
    const other = EventStoreDBClient.connectionString(url(node().port));
    const stream = `found-${randomUUID()}`;
    await other.appendToStream(stream, jsonEvents(2));
    expect(await collect(other.readStream(stream))).toHaveLength(2);
    await other.dispose();
  });

  test('appends, follows and appends again, stream after stream, over one connection', async () => {
    for (let i = 0; i < 40; i++) {
      const stream = `loop-${i}`;
      const events = jsonEvents(10);
      const first = await client().appendToStream(stream, events.slice(0, 3), {
        expectedRevision: NO_STREAM,
        ...BY_CALL,
      });
      const received: string[] = [];
      const subscription = client().subscribeToStream(stream, { fromRevision: START });
      const all = new Promise<void>((resolve, reject) => {
        subscription.on('error', reject).on('data', (event) => {
          if (received.push(event.event!.id) === 10) resolve();
        });
      });
      await client().appendToStream(stream, events.slice(3), {
        expectedRevision: first.nextExpectedRevision,
        ...BY_CALL,
      });
      await all;
      expect(received).toEqual(idsOf(events));
      await subscription.unsubscribe();
    }
  });

  test('disposed of goes on with its next call', async () => {
    const events = jsonEvents(2);
    await client().appendToStream('disposed', events.slice(0, 1));
    await client().dispose();
    await client().appendToStream('disposed', events.slice(1));
    expect(idsRead(await collect(client().readStream('disposed')))).toEqual(idsOf(events));
  });

  test.each<[string, () => Promise<unknown>[]]>([
    [
      'persistent subscriptions',
      () => [
        client().createPersistentSubscriptionToStream('a', 'g', ofStream),
        client().createPersistentSubscriptionToAll('g', ofAll),
        client().updatePersistentSubscriptionToAll('g', ofAll),
        client().deletePersistentSubscriptionToStream('a', 'g'),
        client().deletePersistentSubscriptionToAll('g'),
        client().getPersistentSubscriptionToStreamInfo('a', 'g'),
        client().getPersistentSubscriptionToAllInfo('g'),
        client().listAllPersistentSubscriptions(),
        client().listPersistentSubscriptionsToStream('a'),
        client().listPersistentSubscriptionsToAll(),
        client().replayParkedMessagesToStream('a', 'g'),
        client().replayParkedMessagesToAll('g'),
        client().restartPersistentSubscriptionSubsystem(),
        collect(client().subscribeToPersistentSubscriptionToStream('a', 'g')),
        collect(client().subscribeToPersistentSubscriptionToAll('g')),
      ],
    ],
    [
      'projections',
      () => [
        client().createProjection('p', 'fromAll()', { emitEnabled: true, trackEmittedStreams: true }),
        client().enableProjection('p'),
        client().getProjectionState('p'),
        client().listProjections(),
        client().restartSubsystem(),
      ],
    ],
  ])('is told that the node has no %s, whatever it asks of them', async (what, attempts) => {
    for (const attempt of attempts().map(failure)) {
      const error = await attempt;
      expect(error).toBeInstanceOf(UnknownError);
      expect(error.message).toContain(`UNIMPLEMENTED: The development node has no ${what}`);
    }
  });
});

describe('A message', () => {
  const raw = () => new streamsGrpc.StreamsClient(`127.0.0.1:${node().port}`, credentials.createInsecure());
  let connection: ReturnType<typeof raw>;
  beforeAll(() => {
    connection = raw();
  });
  afterAll(() => connection.close());

  const identifier = (stream: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
  const proposal = (id: InstanceType<typeof shared.UUID>) => {
    const message = new streams.BatchAppendReq.ProposedMessage().setId(id).setData(Buffer.from('[1]'));
    message.getMetadataMap().set('type', 'raw').set('content-type', 'application/json');
    return message;
  };
  const options = (stream: string, deadline: Date) =>
    new streams.BatchAppendReq.Options()
      .setStreamIdentifier(identifier(stream))
      .setNoStream(new shared.Empty() as never)
      .setDeadline(timestamp.Timestamp.fromDate(deadline));
  const headOf = (stream: string) =>
    new streams.ReadReq().setOptions(
      new streams.ReadReq.Options()
        .setStream(
          new streams.ReadReq.Options.StreamOptions()
            .setStreamIdentifier(identifier(stream))
            .setStart(new shared.Empty()),
        )
        .setCount('1')
        .setNoFilter(new shared.Empty())
        .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty())),
    );
  const soon = () => new Date(Date.now() + 60_000);

  /** Sends requests over one call and gives back so many answers, then ends it. */
  async function exchange(requests: readonly InstanceType<typeof streams.BatchAppendReq>[], count: number) {
    const call = connection.batchAppend();
    const answers: BatchAppendResp[] = [];
    const done = once(call, 'end');
    call.on('data', (answer: BatchAppendResp) => {
      if (answers.push(answer) === count) call.end();
    });
    for (const request of requests) call.write(request);
    await done;
    return answers;
  }

  test('with ids of two numbers is understood, and answered so when asked', async () => {
    const id = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
    const structured = new shared.UUID().setStructured(
      new shared.UUID.Structured()
        .setMostSignificantBits(String(BigInt.asIntN(64, 0xf81d4fae7dec11d0n)))
        .setLeastSignificantBits(String(BigInt.asIntN(64, 0xa76500a0c91e6bf6n))),
    );
    const request = new streams.BatchAppendReq()
      .setCorrelationId(structured)
      .setIsFinal(true)
      .setOptions(options('structured', soon()))
      .setProposedMessagesList([proposal(structured)]);
    const [answer] = await exchange([request], 1);
    expect(answer!.getCorrelationId()!.toObject()).toEqual(structured.toObject());
    expect(answer!.getSuccess()!.getCurrentRevision()).toBe('0');
    expect(idsRead(await collect(client().readStream('structured')))).toEqual([id]);

    const read = new streams.ReadReq.Options()
      .setStream(
        new streams.ReadReq.Options.StreamOptions()
          .setStreamIdentifier(identifier('structured'))
          .setStart(new shared.Empty()),
      )
      .setCount('10')
      .setNoFilter(new shared.Empty())
      .setUuidOption(new streams.ReadReq.Options.UUIDOption().setStructured(new shared.Empty()));
    const events: ReadResp[] = [];
    for await (const event of connection.read(new streams.ReadReq().setOptions(read))) events.push(event as ReadResp);
    const back = events[0]!.getEvent()!.getEvent()!.getId()!.getStructured()!;
    expect(BigInt.asUintN(64, BigInt(back.getMostSignificantBits()))).toBe(0xf81d4fae7dec11d0n);
    expect(BigInt.asUintN(64, BigInt(back.getLeastSignificantBits()))).toBe(0xa76500a0c91e6bf6n);
  });

  test('whose last part never comes is answered at its deadline, and others pass it meanwhile', async () => {
    const slow = new shared.UUID().setString(randomUUID());
    const quick = new shared.UUID().setString(randomUUID());
    const first = new streams.BatchAppendReq()
      .setCorrelationId(slow)
      .setOptions(options('unfinished', new Date(Date.now() + 300)))
      .setProposedMessagesList([proposal(slow)]);
    const other = new streams.BatchAppendReq()
      .setCorrelationId(quick)
      .setIsFinal(true)
      .setOptions(options('finished', soon()))
      .setProposedMessagesList([proposal(quick)]);
    const answers = await exchange([first, other], 2);
    expect(answers.map((answer) => answer.getCorrelationId()!.getString())).toEqual([
      quick.getString(),
      slow.getString(),
    ]);
    expect(answers[1]!.getError()!.getDetails()!.getTypeName()).toBe('event_store.client.Timeout');
    const late = new streams.BatchAppendReq()
      .setCorrelationId(slow)
      .setIsFinal(true)
      .setProposedMessagesList([proposal(slow)]);
    expect(await exchange([late, other.clone()], 1)).toHaveLength(1);
    expect((await failure(collect(client().readStream('unfinished')))).message).toContain('not found');
  });

  test('that is too late and too large is told that it is too late', async () => {
    const id = new shared.UUID().setString(randomUUID());
    const request = new streams.BatchAppendReq()
      .setCorrelationId(id)
      .setIsFinal(true)
      .setOptions(options('late', new Date(Date.now() - 1)))
      .setProposedMessagesList([proposal(id).setData(Buffer.alloc(2 ** 21))]);
    const [answer] = await exchange([request], 1);
    expect(answer!.getError()!.getDetails()!.getTypeName()).toBe('event_store.client.Timeout');
  });

  test.each([
    [
      'an event without a type',
      (request: InstanceType<typeof streams.BatchAppendReq>) =>
        request.getProposedMessagesList()[0]!.getMetadataMap().del('type'),
    ],
    [
      'an id that is none',
      (request: InstanceType<typeof streams.BatchAppendReq>) =>
        request.getProposedMessagesList()[0]!.setId(new shared.UUID().setString('nobody')),
    ],
    [
      'a stream without a name',
      (request: InstanceType<typeof streams.BatchAppendReq>) =>
        request.getOptions()!.setStreamIdentifier(identifier('')),
    ],
    [
      'a stream of metadata of metadata',
      (request: InstanceType<typeof streams.BatchAppendReq>) =>
        request.getOptions()!.setStreamIdentifier(identifier('$$$$a')),
    ],
  ])('of %s is refused, and the call goes on', async (_, spoil) => {
    const request = () =>
      new streams.BatchAppendReq()
        .setCorrelationId(new shared.UUID().setString(randomUUID()))
        .setIsFinal(true)
        .setOptions(options(`spoilt-${randomUUID()}`, soon()))
        .setProposedMessagesList([proposal(new shared.UUID().setString(randomUUID()))]);
    const bad = request();
    spoil(bad);
    const answers = await exchange([bad, request()], 2);
    expect(
      answers.map((answer) => [answer.getError()?.getDetails()?.getTypeName(), answer.hasStreamIdentifier()]),
    ).toEqual([
      ['event_store.client.BadRequest', true],
      [undefined, true],
    ]);
  });

  test('taken before the node closes is answered, and then the call is told that it does', async () => {
    const dir = await newFolder();
    const closing = await startDevNode({ dir });
    const own = new streamsGrpc.StreamsClient(`127.0.0.1:${closing.port}`, credentials.createInsecure());
    const call = own.batchAppend();
    const answered: BatchAppendResp[] = [];
    call.on('data', (answer: BatchAppendResp) => answered.push(answer));
    const failed = once(call, 'error') as Promise<[ServiceError]>;
    for (let i = 0; i < 20; i++) {
      const id = new shared.UUID().setString(randomUUID());
      const request = new streams.BatchAppendReq().setCorrelationId(id).setIsFinal(true);
      call.write(request.setOptions(options(`closing-${i}`, soon())).setProposedMessagesList([proposal(id)]));
    }
    await once(call, 'data');
    await closing.close();
    const [error] = await failed;
    expect([error.code, error.details]).toEqual([status.UNAVAILABLE, 'The development node is closing.']);
    expect(answered.every((answer) => answer.hasSuccess())).toBe(true);
    own.close();
    await rm(dir, { recursive: true });
  });

  test('of an append whose end has not come is refused when the node closes, and nothing of it is there', async () => {
    const dir = await newFolder();
    const closing = await startDevNode({ dir });
    const own = new streamsGrpc.StreamsClient(`127.0.0.1:${closing.port}`, credentials.createInsecure());
    const failed = new Promise<ServiceError | null>((resolve) => {
      const call = own.append((error) => resolve(error));
      const target = new streams.AppendReq.Options().setStreamIdentifier(identifier('cut')).setAny(new shared.Empty());
      call.write(new streams.AppendReq().setOptions(target));
    });
    // What is asked after it over the same connection is answered: the node has the call.
    await once(own.read(headOf('other')).resume(), 'end');
    await closing.close();
    const error = await failed;
    expect([error?.code, error?.details]).toEqual([status.UNAVAILABLE, 'The development node is closing.']);
    own.close();
    const again = await startDevNode({ dir });
    const reader = EventStoreDBClient.connectionString(again.url);
    expect((await failure(collect(reader.readStream('cut')))).message).toContain('not found');
    await reader.dispose();
    await again.close();
    await rm(dir, { recursive: true });
  });
});
