/** A real broker for a test file, and what tests do with one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { START } from '@throughline/contracts';
import { openLog, type EmbeddedLog, type RecordedEvent } from '@throughline/event-log';
import { createLogger, createMetrics, readKafkaSettings, type KafkaSettings } from '@throughline/runtime';
import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs';
import { freePort, startKafka, type Engine } from '../../../../infra/engines/index.mjs';
import { startKafkaIntake, type KafkaIntakeOptions } from '../../src/index.ts';
import { SECRET } from '../intake.ts';

export interface TestBroker {
  readonly address: string;
  /** A topic of its own, so that tests of one broker do not meet. */
  topic(partitions?: number, settings?: Readonly<Record<string, string>>, name?: string): Promise<string>;
  produce(topic: string, messages: readonly Message[]): Promise<void>;
  /** All messages of a topic, once there are so many. */
  read(topic: string, count: number): Promise<readonly Message[]>;
  /** What a group has committed, by partition. */
  committed(group: string, topic: string): Promise<readonly number[]>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBroker(): Promise<TestBroker> {
  const dir = mkdtempSync(join(tmpdir(), 'kafka-'));
  const port = await freePort();
  let engine: Engine = await startKafka({ dir, port, settings: { 'group.min.session.timeout.ms': 1000 } });
  const kafka = new Kafka({
    brokers: [engine.address],
    logLevel: logLevel.NOTHING,
    retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 500 },
  });
  const admin = kafka.admin();
  await admin.connect();
  let producer: Producer | undefined;
  let topics = 0;
  return {
    address: engine.address,
    async topic(partitions = 4, settings = {}, topic = `touchpoints-${++topics}`) {
      const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: partitions, configEntries }],
      });
      return topic;
    },
    async produce(topic, messages) {
      if (!producer) {
        producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
        await producer.connect();
      }
      await producer.send({ topic, messages: [...messages] });
    },
    async read(topic, count) {
      const consumer = kafka.consumer({ groupId: `read-${++topics}`, maxWaitTimeInMs: 100 });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      const messages: Message[] = [];
      await consumer.run({ eachMessage: ({ message }) => Promise.resolve(void messages.push(message)) });
      await until(() => messages.length >= count);
      await consumer.disconnect();
      return messages;
    },
    async committed(group, topic) {
      for (;;) {
        try {
          const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
          return offsets!.partitions
            .toSorted((a, b) => a.partition - b.partition)
            .map(({ offset }) => Math.max(0, Number(offset)));
        } catch (error) {
          // A broker that has just started takes a moment to take charge of its groups.
          if ((error as { type?: string }).type !== 'NOT_COORDINATOR_FOR_GROUP') throw error;
          await sleep(50);
        }
      }
    },
    kill: () => engine.kill(),
    async restart() {
      engine = await startKafka({ dir, port, settings: { 'group.min.session.timeout.ms': 1000 } });
    },
    async stop() {
      await producer?.disconnect();
      await admin.disconnect();
      await engine.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface OwnLog {
  readonly dir: string;
  readonly log: EmbeddedLog;
  /** All events of the streams whose names begin so. */
  events(prefix: string): Promise<RecordedEvent[]>;
  close(): Promise<void>;
}

export async function ownLog(): Promise<OwnLog> {
  const dir = mkdtempSync(join(tmpdir(), 'kafka-log-'));
  const log = await openLog({ dir });
  return {
    dir,
    log,
    events: (prefix) => eventsOf(log, prefix),
    async close() {
      await log.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export async function eventsOf(log: EmbeddedLog, prefix: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of log.read({ after: START, prefixes: [prefix] })) events.push(...batch.events);
  return events;
}

let groups = 0;
/** Settings as the environment would give them, for a group of its own unless told. */
export function settingsFor(broker: TestBroker, topics: string, more: Record<string, string> = {}): KafkaSettings {
  const env = { KAFKA_BROKERS: broker.address, KAFKA_TOPICS: topics, KAFKA_GROUP: `group-${++groups}`, ...more };
  return readKafkaSettings(env)!;
}

/** A replica of intake, with figures of its own. */
export function replica(
  settings: KafkaSettings,
  log: KafkaIntakeOptions['log'],
  more: Partial<KafkaIntakeOptions> = {},
) {
  const metrics = createMetrics();
  const logger = createLogger('silent');
  const options = { settings, log, secret: SECRET, phoneRegion: 'US', metrics, logger, sessionMs: 1_500, ...more };
  return { ...startKafkaIntake(options), metrics };
}

/** Waits until it is so; a test's own time limit ends it otherwise. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}

/** A figure of a replica, summed over all its series that have these labels. */
export async function figure(
  { metrics }: { readonly metrics: ReturnType<typeof createMetrics> },
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const found = (await metrics.getMetricsAsJSON()).find((metric) => metric.name === name);
  const series = (found?.values ?? []) as { value: number; labels: Record<string, string> }[];
  return series
    .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
