/** Kafka by kafkajs. This folder alone names it. */
import type { KafkaSettings } from '@throughline/runtime';
import { Kafka, logLevel, Partitioners, type Admin, type IHeaders, type Producer } from 'kafkajs';
import type { Logger } from 'pino';
import type { Broker, Standing } from '../broker.ts';
import { readAllCodecs } from './codecs.ts';
import { KafkajsMembership } from './membership.ts';
import { RETRY } from './retry.ts';

/** Topics of the brokers' own. */
const INTERNAL = /^__/;

export function kafkajsBroker(settings: KafkaSettings, sessionMs: number, logger: Logger): Broker {
  readAllCodecs();
  const kafka = new Kafka({
    clientId: 'throughline',
    brokers: [...settings.brokers],
    ssl: settings.tls,
    ...(settings.sasl ? { sasl: settings.sasl() as never } : {}),
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log: { message, topic, partition } }) =>
        logger.debug(
          { of: namespace, says: message, topic: topic as unknown, partition: partition as unknown },
          'kafkajs',
        ),
  });
  const admin = connecting(() => kafka.admin());
  const producer = connecting(() => kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner }));
  return {
    join: (group, wants, listener) => {
      const look = async () => {
        const all = await (await admin.connected()).listTopics();
        return all.filter((topic) => !INTERNAL.test(topic) && wants(topic)).sort();
      };
      return new KafkajsMembership({ kafka, look, group, sessionMs, listener, logger });
    },
    async send(topic, { key, value, headers }) {
      await (await producer.connected()).send({ topic, messages: [{ key, value, headers: headers as IHeaders }] });
    },
    async standing(group, topic) {
      const own = await admin.connected();
      const ends = await own.fetchTopicOffsets(topic);
      const [ofGroup] = await own.fetchOffsets({ groupId: group, topics: [topic] });
      const committed = new Map(ofGroup?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
      return ends.map(({ partition, low, high }): Standing => {
        const offset = committed.get(partition) ?? -1n;
        return { partition, committed: offset < 0n ? BigInt(low) : offset, end: BigInt(high) };
      });
    },
    async close() {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}

/** A client that connects when it is first wanted, and again when that failed. */
function connecting<T extends Admin | Producer>(
  make: () => T,
): { connected(): Promise<T>; disconnect(): Promise<void> } {
  let client: Promise<T> | undefined;
  const connect = async (): Promise<T> => {
    const made = make();
    try {
      await made.connect();
      return made;
    } catch (error) {
      client = undefined;
      throw error;
    }
  };
  return {
    connected: () => (client ??= connect()),
    async disconnect() {
      await (await client?.catch(() => undefined))?.disconnect();
    },
  };
}
