/**
 * Services apart on engines of their own: Kafka to durable to visible, beside a consumer that only counts and beside the bare client
 * that appends the same events, one stream each. Engines, services and this process share the machine's cores.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import kafkajs from 'kafkajs';
import { simulateLines } from '@throughline/simulator';
import { missingDevNode, missingKafka, missingRedis, startDevNode, startKafka, startRedis } from '../engines/index.mjs';
import { startFleet } from '../services/fleet.mjs';
import { MemoryWatch } from './memory.mjs';
import { perSecond, timed } from './measure.mjs';

const TOPIC = 'touchpoints';
const GROUP = 'throughline-ingestion';
const PARTITIONS = 4;
const IN_FLIGHT = 1_000;
/** Touchpoints a second of the load under which memory is watched. */
const STEADY = 200;
/** While caches fill, memory grows; from the middle of the load on it is to be flat, but for so large a part. */
const FLAT = 1.1;
/** Seconds from one reading of memory to the next: some of them find a heap before it is collected, some after. */
const READ_EVERY = 5;
/** What takes part of the cores while intake works, and need not be on its host. */
const FOLLOWERS = ['identity', 'crm-projection', 'cem-projection', 'balance-projection'];
const UNTIL = Date.UTC(2026, 0, 1);

export async function benchEngines({ quick }) {
  const missing = missingDevNode() ?? missingKafka() ?? missingRedis();
  if (missing) throw new Error(missing);
  const warmUp = quick ? 2_000 : 10_000;
  const count = quick ? 5_000 : 50_000;
  const minutes = quick ? 1 : 10;
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'));
  const place = (name) => ({ dir: join(folder, name) });
  const [eventstore, kafka, redis] = await Promise.all([
    startDevNode(place('eventstore')),
    startKafka(place('kafka')),
    startRedis(place('redis')),
  ]);
  const topic = new Topic(kafka.address);
  let fleet;
  try {
    await topic.create();
    const load = messages(warmUp + 2 * count + minutes * 60 * STEADY);
    const [bulk, more] = [load.slice(warmUp, warmUp + count), load.slice(warmUp + count, warmUp + 2 * count)];
    const bare = await appendEach(bulk.slice(0, 20_000), place('bare'));
    fleet = await startFleet({
      env: {
        EVENTSTORE_URL: eventstore.address,
        KAFKA_BROKERS: kafka.address,
        REDIS_URL: redis.address,
        THROUGHLINE_DATA: join(folder, 'data'),
        LOG_LEVEL: 'warn',
      },
    });
    await fleet.ready();
    await topic.send(load.slice(0, warmUp));
    await allVisible(fleet.url, topic);

    const started = await begin(fleet, topic, bulk);
    const durable = await untilDurable(topic, count, started);
    await allVisible(fleet.url, topic);
    const visible = perSecond(count, (performance.now() - started) / 1000);
    signal(fleet, FOLLOWERS, 'SIGSTOP');
    const alone = await untilDurable(topic, count, await begin(fleet, topic, more));
    signal(fleet, FOLLOWERS, 'SIGCONT');
    await allVisible(fleet.url, topic);
    const counting = await topic.countAll(warmUp + 2 * count);
    const limit = Math.min(counting, bare);

    const engines = new Map(Object.entries({ 'development node': eventstore.pid, Redis: redis.pid }));
    const watch = new MemoryWatch(
      [...fleet.names, ...engines.keys()],
      (name) => engines.get(name) ?? fleet.pidOf(name),
    );
    await underLoad(topic, load.slice(warmUp + 2 * count), minutes, watch);
    const [middle, last] = [Math.ceil(minutes / 2), minutes];
    const all = (minute) => fleet.names.reduce((sum, name) => sum + watch.of(name, minute).own, 0);
    const rows = [
      { what: 'bare kafkajs consumer that counts', value: counting, unit: 'messages/s' },
      { what: 'bare EventStoreDB client, an event a stream, 1,000 in flight', value: bare, unit: 'events/s' },
      {
        what: `Kafka to durable, ${count.toLocaleString('en')} touchpoints`,
        value: durable,
        limit,
        unit: 'touchpoints/s',
        aim: '≥ 0.5',
        ok: durable >= limit / 2,
      },
      {
        what: '… with identity and views held still, as on hosts of their own',
        value: alone,
        limit,
        unit: 'touchpoints/s',
      },
      { what: 'Kafka to visible in all views', value: visible, limit, unit: 'touchpoints/s' },
      { what: `memory of the services' own, minute ${middle} at ${STEADY}/s`, value: all(middle), unit: 'MB' },
      {
        what: `… in minute ${last} of it`,
        value: all(last),
        limit: all(middle),
        unit: 'MB',
        aim: `≤ ${FLAT}`,
        ok: all(last) <= all(middle) * FLAT,
      },
    ];
    return { rows, memory: watch.during([...new Set([1, middle, last])]) };
  } finally {
    await fleet?.stop();
    await Promise.all([eventstore, kafka, redis].map((engine) => engine.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function signal(fleet, names, which) {
  for (const name of names) process.kill(fleet.pidOf(name), which);
}

/** Intake holds still while the topic fills, so that producing is not part of what is measured. Answers when it goes on. */
async function begin(fleet, topic, all) {
  signal(fleet, ['ingestion'], 'SIGSTOP');
  await topic.send(all);
  signal(fleet, ['ingestion'], 'SIGCONT');
  return performance.now();
}

async function untilDurable(topic, count, started) {
  while ((await topic.uncommitted()) > 0) await sleep(50);
  return perSecond(count, (performance.now() - started) / 1000);
}

function messages(count) {
  const made = [];
  for (const value of simulateLines({ customers: 20_000, days: 100_000, seed: 1, until: UNTIL })) {
    const { data, id } = JSON.parse(value);
    const [first] = data.identifiers ?? [];
    made.push({ key: first ? `${first.type}:${first.value}` : id, value });
    if (made.length === count) break;
  }
  return made;
}

class Topic {
  #kafka;
  #producer;

  constructor(address) {
    this.#kafka = new kafkajs.Kafka({ clientId: 'bench', brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
  }

  async create() {
    await this.#admin((admin) =>
      admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }], waitForLeaders: true }),
    );
  }

  async send(all) {
    this.#producer ??= this.#kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await this.#producer.connect();
    for (let at = 0; at < all.length; at += 1_000) {
      await this.#producer.send({ topic: TOPIC, messages: all.slice(at, at + 1_000) });
    }
  }

  /** Messages a second that a consumer sees which does nothing else, from its first batch to its last. */
  async countAll(count) {
    const consumer = this.#kafka.consumer({ groupId: `bench-${randomUUID()}` });
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    let seen = 0;
    let started;
    const seconds = await new Promise((resolve, reject) => {
      consumer
        .run({
          eachBatch: async ({ batch }) => {
            started ??= performance.now();
            seen += batch.messages.length;
            if (seen >= count) resolve((performance.now() - started) / 1000);
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return perSecond(seen, seconds);
  }

  async uncommitted() {
    return await this.#admin(async (admin) => {
      const ends = await admin.fetchTopicOffsets(TOPIC);
      const [group] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] });
      const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Math.max(0, offset)]));
      return ends.reduce((sum, { partition, offset }) => sum + Number(offset) - (committed.get(partition) ?? 0), 0);
    });
  }

  async close() {
    await this.#producer?.disconnect();
  }

  async #admin(ask) {
    const admin = this.#kafka.admin();
    await admin.connect();
    try {
      return await ask(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

/** The official client appends each to a stream of its own, on a node of its own, and does nothing else. */
async function appendEach(all, place) {
  const node = await startDevNode(place);
  const client = EventStoreDBClient.connectionString(node.address);
  const events = all.map(({ value }) => jsonEvent({ id: randomUUID(), type: 'touchpoint', data: JSON.parse(value) }));
  let next = 0;
  const worker = async () => {
    while (next < events.length) {
      const event = events[next++];
      await client.appendToStream(`bare-${event.id}`, event, { expectedRevision: NO_STREAM });
    }
  };
  const { seconds } = await timed(() => Promise.all(Array.from({ length: IN_FLIGHT }, worker)));
  await client.dispose();
  await node.stop();
  return perSecond(events.length, seconds);
}

/** Until all that was published is committed, and every view shows it. */
async function allVisible(url, topic) {
  while ((await topic.uncommitted()) > 0) await sleep(100);
  for (;;) {
    const { head, identity, items } = await (await fetch(`${url}/projections`)).json();
    if (identity === head && items.every(({ position }) => position === head)) return;
    await sleep(100);
  }
}

/** A steady load of so many minutes, during which memory is watched. */
async function underLoad(topic, load, minutes, watch) {
  const started = performance.now();
  for (let second = 0; second < minutes * 60; second++) {
    await topic.send(load.slice(second * STEADY, (second + 1) * STEADY));
    await sleep(Math.max(0, started + (second + 1) * 1000 - performance.now()));
    if (second % READ_EVERY === 0) watch.read(Math.floor(second / 60) + 1);
  }
  await topic.close();
}
