/** Intake from Kafka while processes die: whatever falls when, each touchpoint is in the log once, in its customer's order. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TouchpointInput } from '@throughline/contracts';
import { openLog, type RecordedEvent } from '@throughline/event-log';
import { canTest, missingKafka } from '../../../infra/engines/index.mjs';
import { conversation, message, wrongWith } from './support/conversation.ts';
import { eventsOf, ownLog, replica, settingsFor, startBroker, until, type TestBroker } from './support/kafka.ts';

const suite = canTest('Kafka intake under faults', missingKafka()) ? describe : describe.skip;
const REPLICA = fileURLToPath(new URL('./support/kafka-replica.mjs', import.meta.url));

suite('intake from Kafka, while processes die', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker?.stop());

  /** Produces conversations piece by piece until it is stopped; gives back what was sent. */
  function producing(topic: string, name: string, everyMs: number): { stop(): Promise<TouchpointInput[]> } {
    const sent: TouchpointInput[] = [];
    let isStopped = false;
    const run = async () => {
      for (let from = 0; !isStopped; from += 5) {
        const some = conversation(name, 11, 5, from);
        await broker.produce(topic, some.map(message));
        sent.push(...some);
        await sleep(everyMs);
      }
      return sent;
    };
    const running = run();
    return {
      stop() {
        isStopped = true;
        return running;
      },
    };
  }

  /** Offsets below the committed ones of which the log knows nothing: there may never be any. */
  function lost(events: readonly RecordedEvent[], committed: readonly number[]): string[] {
    const there = new Set(
      events.map(({ metadata }) => {
        const { partition, offset } = metadata['origin'] as { partition: number; offset: string };
        return `${partition}/${offset}`;
      }),
    );
    return committed.flatMap((end, partition) =>
      Array.from({ length: end }, (_, offset) => `${partition}/${offset}`).filter((place) => !there.has(place)),
    );
  }

  test('a replica that is killed again and again loses nothing, repeats nothing, and commits only what is durable', async () => {
    const topic = await broker.topic();
    const settings = settingsFor(broker, topic);
    const own = await ownLog();
    await own.log.close();
    const start = (): ChildProcess =>
      fork(REPLICA, [own.dir], {
        execArgv: [],
        env: { ...process.env, KAFKA_BROKERS: broker.address, KAFKA_TOPICS: topic, KAFKA_GROUP: settings.group },
      });
    const producer = producing(topic, 'killed', 5);
    let before = 0;
    for (let round = 0; round < 8; round++) {
      const child = start();
      const atLeast = before + 1 + Math.floor(Math.random() * 400);
      let events = 0;
      child.on('message', (report: { events: number }) => (events = report.events));
      await until(() => events >= atLeast);
      await sleep(Math.random() * 30);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const log = await openLog({ dir: own.dir });
      const recorded = await eventsOf(log, 'touchpoint-');
      await log.close();
      before = recorded.length;
      expect(lost(recorded, await broker.committed(settings.group, topic))).toEqual([]);
    }
    const sent = await producer.stop();
    const last = start();
    let events = 0;
    last.on('message', (report: { events: number }) => (events = report.events));
    await until(() => events >= sent.length);
    last.send('stop');
    await once(last, 'exit');
    const log = await openLog({ dir: own.dir });
    expect(wrongWith(await eventsOf(log, 'touchpoint-'), sent)).toEqual({});
    await log.close();
  }, 300_000);

  test('replicas that come and go share the partitions, and each touchpoint comes in once', async () => {
    const topic = await broker.topic(6);
    const settings = settingsFor(broker, topic);
    const own = await ownLog();
    const producer = producing(topic, 'shared', 5);
    let running = [replica(settings, own.log)];
    for (let round = 0; round < 6; round++) {
      await sleep(300 + Math.random() * 500);
      if (running.length < 3 && Math.random() < 0.6) running.push(replica(settings, own.log));
      else {
        const [oldest, ...others] = running;
        running = others.length > 0 ? others : [replica(settings, own.log)];
        await oldest!.stop();
      }
    }
    running.push(replica(settings, own.log));
    const sent = await producer.stop();
    await until(async () => (await own.events('touchpoint-')).length >= sent.length);
    await until(async () => sum(await broker.committed(settings.group, topic)) === sent.length);
    await Promise.all(running.map((one) => one.stop()));
    expect(wrongWith(await own.events('touchpoint-'), sent)).toEqual({});
    await own.close();
  }, 120_000);

  test('a broker that is killed and comes back is read on from where it was', async () => {
    const topic = await broker.topic(3);
    const settings = settingsFor(broker, topic);
    const own = await ownLog();
    const intake = replica(settings, own.log);
    const sent: TouchpointInput[] = [];
    for (let round = 0; round < 3; round++) {
      const some = conversation('broker', 9, 60, round * 60);
      await broker.produce(topic, some.map(message));
      sent.push(...some);
      await until(async () => (await own.events('touchpoint-')).length > round * 540 + Math.random() * 500);
      await broker.kill();
      await sleep(Math.random() * 1_000);
      await broker.restart();
    }
    await until(async () => (await own.events('touchpoint-')).length >= sent.length);
    await until(async () => sum(await broker.committed(settings.group, topic)) === sent.length);
    await intake.stop();
    expect(wrongWith(await own.events('touchpoint-'), sent)).toEqual({});
    await own.close();
  }, 300_000);

  test('a broker that is not there yet is waited for', async () => {
    const topic = await broker.topic(1);
    const own = await ownLog();
    await broker.kill();
    const intake = replica(settingsFor(broker, topic), own.log);
    await sleep(1_000);
    await broker.restart();
    const sent = conversation('early', 1, 5);
    await broker.produce(topic, sent.map(message));
    await until(async () => (await own.events('touchpoint-')).length >= sent.length);
    await intake.stop();
    expect(wrongWith(await own.events('touchpoint-'), sent)).toEqual({});
    await own.close();
  }, 120_000);
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
