import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ThroughlineError, touchpointId } from '@throughline/contracts';
import { CloudEvent, Kafka } from 'cloudevents';
import { canTest, missingKafka } from '../../../infra/engines/index.mjs';
import { touchpoint } from './intake.ts';
import { conversation, message, wrongWith } from './support/conversation.ts';
import {
  figure,
  ownLog,
  replica,
  settingsFor,
  startBroker,
  until,
  type OwnLog,
  type TestBroker,
} from './support/kafka.ts';

const suite = canTest('Kafka intake', missingKafka()) ? describe : describe.skip;

suite('intake from Kafka', () => {
  let broker: TestBroker;
  let own: OwnLog;
  beforeAll(async () => {
    broker = await startBroker();
    own = await ownLog();
  });
  afterAll(async () => {
    await broker?.stop();
    await own?.close();
  });
  /** What came over one topic, of the streams whose names begin so. */
  const cameOver = async (topic: string, prefix = 'touchpoint-') =>
    (await own.events(prefix)).filter(({ data, metadata }) => {
      const origin = (metadata['origin'] ?? data['origin']) as { topic?: string } | undefined;
      return origin?.topic === topic;
    });
  /** The log, which takes nothing until it comes back. */
  function awayLog(): { readonly log: OwnLog['log']; comeBack(): void } {
    let isAway = true;
    const append: OwnLog['log']['append'] = async (appends) => {
      if (isAway) throw new Error('away');
      return await own.log.append(appends);
    };
    return { log: { ...own.log, append }, comeBack: () => (isAway = false) };
  }

  test('brings all that was produced into the log, once, in the order of each customer, and commits it', async () => {
    const topic = await broker.topic();
    const sent = conversation('plain', 7, 100);
    await broker.produce(topic, sent.map(message));
    const settings = settingsFor(broker, topic);
    const intake = replica(settings, own.log);
    await until(async () => (await cameOver(topic)).length >= sent.length);
    await intake.stop();

    const events = await cameOver(topic);
    expect(wrongWith(events, sent)).toEqual({});
    expect(events[0]!.metadata['origin']).toEqual({
      topic,
      partition: expect.any(Number),
      offset: expect.stringMatching(/^\d+$/),
    });
    const committed = await broker.committed(settings.group, topic);
    expect(committed.reduce((sum, offset) => sum + offset, 0)).toBe(sent.length);

    // Another group reads all of it again, and the log knows it.
    const again = replica(settingsFor(broker, topic), own.log);
    await until(
      async () => (await figure(again, 'throughline_touchpoints_total', { outcome: 'duplicate' })) === sent.length,
    );
    await again.stop();
    expect(await cameOver(topic)).toHaveLength(sent.length);
  });

  test('reads CloudEvents in both modes, lists, and keeps what the source says of the origin', async () => {
    const topic = await broker.topic(1);
    const inputs = ['structured', 'binary', 'one', 'other', 'origin'].map((id) => touchpoint({ id, source: topic }));
    const [structured, binary, one, other, origin] = inputs;
    const event = (input = binary!) => new CloudEvent({ ...input, specversion: '1.0' });
    const asBinary = Kafka.binary(event());
    await broker.produce(topic, [
      {
        value: String(Kafka.structured(event(structured)).value),
        headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
      },
      {
        value: JSON.stringify(asBinary.value),
        headers: JSON.parse(JSON.stringify(asBinary.headers)) as Record<string, string>,
      },
      { value: JSON.stringify([one, other]) },
      { value: JSON.stringify({ ...origin, data: { ...origin!.data, origin: { file: 'a.csv', line: 7 } } }) },
    ]);
    const intake = replica(settingsFor(broker, topic), own.log);
    await until(async () => (await cameOver(topic)).length >= 5);
    await intake.stop();
    const events = await cameOver(topic);
    expect(events.map(({ id }) => id).sort()).toEqual(inputs.map(({ id }) => touchpointId(topic, id)).sort());
    const last = events.find(({ id }) => id === touchpointId(topic, 'origin'));
    expect(last!.metadata['origin']).toEqual({ file: 'a.csv', line: 7, topic, partition: 0, offset: '3' });
  });

  // The broker itself, with the libraries that Java producers use, compresses what it is sent.
  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what is compressed with %s', async (codec) => {
    const topic = await broker.topic(2, { 'compression.type': codec });
    const sent = conversation(codec, 7, 400);
    await broker.produce(topic, sent.map(message));
    const intake = replica(settingsFor(broker, topic), own.log);
    await until(async () => (await cameOver(topic)).length >= sent.length);
    await intake.stop();
    expect(wrongWith(await cameOver(topic), sent)).toEqual({});
  });

  test('quarantines what cannot be read where it stands, copies it, passes over tombstones, and goes on', async () => {
    const topic = await broker.topic(1);
    const sent = conversation('among-poison', 1, 40);
    const poison = [
      'no JSON',
      randomBytes(64),
      Buffer.from([0x7b, 0xff]),
      '{"id":',
      JSON.stringify({ ...touchpoint(), type: 'nonsense' }),
      'no JSON',
    ];
    // At the head of the partition, and everywhere else.
    const messages: { key: string | null; value: string | Buffer | null }[] = [{ key: null, value: poison[0]! }];
    for (const [n, input] of sent.entries()) {
      messages.push(message(input));
      if (n % 8 === 0) messages.push({ key: 'k', value: poison[1 + n / 8]! }, { key: 'k', value: null });
    }
    await broker.produce(topic, messages);
    const dead = await broker.topic(1, {}, `${topic}.dead`);
    const settings = settingsFor(broker, `/^${topic}$/`, { KAFKA_DEAD_LETTER_TOPIC: dead });
    const intake = replica(settings, own.log);
    await until(async () => (await broker.committed(settings.group, topic))[0] === messages.length);

    expect(wrongWith(await cameOver(topic), sent)).toEqual({});
    const kept = await cameOver(topic, 'quarantine-');
    expect(kept.map(({ data, personal }) => [data['code'], data['origin'], personal!['bytes']])).toEqual(
      messages.flatMap(({ value, key }, offset) =>
        value === null || (key !== null && key !== 'k')
          ? []
          : [
              [
                key === 'k' && String(value).includes('nonsense') ? 'invalid-touchpoint' : 'unreadable-message',
                { via: 'kafka', topic, partition: 0, offset: String(offset), index: 0 },
                Buffer.from(value).toString('base64'),
              ],
            ],
      ),
    );
    const copies = await broker.read(dead, poison.length);
    expect(copies.map(({ value }) => Buffer.from(value!).toString('latin1')).sort()).toEqual(
      poison.map((value) => Buffer.from(value).toString('latin1')).sort(),
    );
    expect(Object.keys(copies[0]!.headers!).sort()).toEqual([
      'throughline-offset',
      'throughline-partition',
      'throughline-problem',
      'throughline-quarantine-id',
      'throughline-topic',
    ]);
    expect(await figure(intake, 'throughline_kafka_messages_total', { outcome: 'tombstone' })).toBe(5);
    expect(await figure(intake, 'throughline_kafka_messages_total', { outcome: 'quarantined' })).toBe(poison.length);
    await intake.stop();
  });

  test('finds topics that match its pattern and come later', async () => {
    const name = await broker.topic(1);
    const settings = settingsFor(broker, `/^${name}-(a|b)$/`);
    const intake = replica(settings, own.log);
    for (const topic of [`${name}-a`, `${name}-b`]) {
      await broker.produce(topic, [message(touchpoint())]);
      await until(async () => (await cameOver(topic)).length === 1);
    }
    await intake.stop();
  });

  test('waits for a log that is away, and skips nothing', async () => {
    const topic = await broker.topic(2);
    const sent = conversation('flaky', 10, 600);
    await broker.produce(topic, sent.map(message));
    let calls = 0;
    const flaky = {
      ...own.log,
      append: async (...args: Parameters<typeof own.log.append>) => {
        calls++;
        // Were the next round offered meanwhile, it would be taken before this one.
        if (calls % 2 === 1 && calls < 10) throw new ThroughlineError('log-full');
        const results = await own.log.append(...args);
        // It was taken, and nobody learned of it.
        if (calls === 2) throw new Error('connection lost');
        return results;
      },
    };
    const intake = replica(settingsFor(broker, topic), flaky);
    await until(async () => (await cameOver(topic)).length >= sent.length);
    await intake.stop();
    expect(wrongWith(await cameOver(topic), sent)).toEqual({});
  });

  test('holds no more than it may while the log is away, and commits nothing', async () => {
    const topic = await broker.topic(4);
    const text = 'x'.repeat(60_000);
    const sent = conversation('large', 20, 20).map((input) => ({ ...input, data: { ...input.data, text } }));
    for (let at = 0; at < sent.length; at += 10) await broker.produce(topic, sent.slice(at, at + 10).map(message));
    const away = awayLog();
    const settings = settingsFor(broker, topic);
    const intake = replica(settings, away.log, { mostBytes: 1 << 20 });
    await until(async () => (await figure(intake, 'throughline_kafka_paused')) === 1);
    // Long enough for many a fetch.
    await sleep(1_500);
    const held = await figure(intake, 'throughline_kafka_in_hand_bytes');
    expect(held).toBeGreaterThan(1 << 20);
    expect(held).toBeLessThan(10 << 20);
    expect(await broker.committed(settings.group, topic)).toEqual([0, 0, 0, 0]);
    away.comeBack();
    await until(async () => (await cameOver(topic)).length >= sent.length);
    await until(async () => (await figure(intake, 'throughline_kafka_in_hand_bytes')) === 0);
    expect(await figure(intake, 'throughline_kafka_paused')).toBe(0);
    await intake.stop();
    expect(wrongWith(await cameOver(topic), sent)).toEqual({});
  });

  test('quarantines what the log will never take, and takes the rest', async () => {
    const topic = await broker.topic(1);
    const sent = conversation('too-large', 3, 10);
    const [victim] = sent.splice(-1);
    await broker.produce(topic, [message(victim!), ...sent.map(message)]);
    const refusing = {
      ...own.log,
      append: async (...[appends]: Parameters<typeof own.log.append>) => {
        if (appends.some(({ events }) => events.some(({ id }) => id === touchpointId('shop', victim!.id)))) {
          throw new ThroughlineError('too-large');
        }
        return await own.log.append(appends);
      },
    };
    const intake = replica(settingsFor(broker, topic), refusing);
    await until(async () => (await cameOver(topic)).length >= sent.length);
    await intake.stop();
    expect(wrongWith(await cameOver(topic), sent)).toEqual({});
    expect((await cameOver(topic, 'quarantine-')).map(({ data }) => data['code'])).toEqual(['too-large']);
  });

  test('tells how far behind each partition is, also while the log is away', async () => {
    const topic = await broker.topic(2);
    const away = awayLog();
    const settings = settingsFor(broker, topic);
    const intake = replica(settings, away.log);
    const lag = () => figure(intake, 'throughline_kafka_lag');
    await broker.produce(topic, conversation('lag-1', 5, 10).map(message));
    await until(async () => (await lag()) === 50);
    await broker.produce(topic, conversation('lag-2', 5, 10).map(message));
    await until(async () => (await lag()) === 100);
    away.comeBack();
    await until(async () => (await lag()) === 0);
    await intake.stop();

    // Of a group that has read everything nothing comes any more; its lag is known all the same.
    const idle = replica(settings, own.log);
    const series = async () => (await idle.metrics.metrics()).match(/^throughline_kafka_lag\{.*$/gm) ?? [];
    await until(async () => (await series()).length === 2);
    expect(await series()).toEqual([0, 1].map((n) => `throughline_kafka_lag{topic="${topic}",partition="${n}"} 0`));
    await idle.stop();
  });
});
