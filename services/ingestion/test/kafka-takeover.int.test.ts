/** A partition goes from one replica to another, on another host, whose mirror of the log is behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { START, touchpointId } from '@throughline/contracts';
import { openEventStore, runMirror, type EventStoreLog, type RecordedEvent } from '@throughline/event-log';
import { canTest, missingDevNode, missingKafka, startDevNode, type Engine } from '../../../infra/engines/index.mjs';
import { touchpoint } from './intake.ts';
import { message } from './support/conversation.ts';
import { figure, replica, settingsFor, startBroker, until, type TestBroker } from './support/kafka.ts';

const suite = canTest('Kafka intake of several hosts', missingKafka() ?? missingDevNode()) ? describe : describe.skip;

suite('intake from Kafka, on two hosts', () => {
  let dir: string;
  let broker: TestBroker;
  let node: Engine;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kafka-takeover-'));
    [broker, node] = await Promise.all([startBroker(), startDevNode({ dir: join(dir, 'node') })]);
  });
  afterAll(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await Promise.all([broker?.stop(), node?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  /** A host with a mirror that can be stopped, as one that is behind would be, and goes on again. */
  function host(name: string): { log: EventStoreLog; follow(): void; lag(): Promise<void> } {
    const mirrorDir = join(dir, name);
    let stopping = new AbortController();
    let mirror = Promise.resolve();
    const follow = () => {
      stopping = new AbortController();
      mirror = runMirror({ url: node.address, dir: mirrorDir, signal: stopping.signal });
    };
    const lag = () => {
      stopping.abort();
      return mirror;
    };
    follow();
    const log = openEventStore({ url: node.address, mirrorDir });
    closing.push(lag, () => log.close());
    return { log, follow, lag };
  }

  test('a touchpoint that comes again with another identifier, right after its partition moved, is known', async () => {
    const topic = await broker.topic(1);
    const settings = settingsFor(broker, topic);
    const [one, two] = [host('one'), host('two')];
    const sent = (value: string) =>
      message(touchpoint({ id: 'moved' }, { identifiers: [{ type: 'customer', value }] }));
    const first = replica(settings, one.log);
    closing.push(() => first.stop());
    // It has begun: what it does not know now it learns from its mirror alone.
    await two.log.caughtUp();
    await two.lag();
    await broker.produce(topic, [sent('ada')]);
    await until(async () => (await broker.committed(settings.group, topic))[0] === 1);
    const second = replica(settings, two.log);
    closing.push(() => second.stop());
    await first.stop();
    await broker.produce(topic, [sent('bob')]);
    // Long enough for it to be taken in.
    await sleep(3_000);
    two.follow();
    await until(async () => (await broker.committed(settings.group, topic))[0] === 2);

    await one.log.caughtUp();
    const copies: RecordedEvent[] = [];
    for await (const { events } of one.log.read({ after: START })) copies.push(...events);
    expect(copies.map(({ id }) => id)).toEqual([touchpointId('shop', 'moved')]);
    expect(await figure(second, 'throughline_touchpoints_total', { outcome: 'duplicate' })).toBe(1);
  }, 60_000);
});
