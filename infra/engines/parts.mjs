/** The parts that `up` starts, `down` stops and `install` installs. */
import { missingDevNode, startDevNode } from './dev-node.mjs';
import { missingKafka, startKafka } from './kafka.mjs';
import { missingRedis, startRedis } from './redis.mjs';

/** Each with the port it has unless that is taken, and the variable that tells the services where it is. */
export const PARTS = {
  eventstore: {
    title: 'development node (EventStoreDB’s protocol)',
    port: 2113,
    variable: 'EVENTSTORE_URL',
    missing: missingDevNode,
    start: startDevNode,
  },
  kafka: {
    title: 'Apache Kafka',
    port: 9092,
    variable: 'KAFKA_BROKERS',
    missing: missingKafka,
    start: startKafka,
  },
  redis: {
    title: 'Redis, append-only',
    port: 6379,
    variable: 'REDIS_URL',
    missing: missingRedis,
    start: startRedis,
  },
};

/** The names that `--only` gives; all without it. */
export function chosen(args) {
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='));
  if (at < 0) return Object.keys(PARTS);
  const names = (args[at].split('=')[1] ?? args[at + 1] ?? '').split(',').map((name) => name.trim());
  const strange = names.filter((name) => !Object.hasOwn(PARTS, name));
  if (strange.length > 0) {
    console.error(`--only takes some of ${Object.keys(PARTS).join(', ')}, with commas between.`);
    process.exit(2);
  }
  return names;
}
