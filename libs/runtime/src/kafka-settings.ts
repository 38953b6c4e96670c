import { Variables } from './variables.ts';

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** What the environment says of Kafka. Frozen. */
export interface KafkaSettings {
  /** `KAFKA_BROKERS`: `host:port`, with commas between. */
  readonly brokers: readonly string[];
  /** `KAFKA_TOPICS`: names with commas between, or one regular expression between slashes. */
  readonly topics: readonly string[] | RegExp;
  /** `KAFKA_GROUP`: what the replicas of one deployment have in common. */
  readonly group: string;
  /** `KAFKA_DEAD_LETTER_TOPIC`: where what cannot be read is copied to. */
  readonly deadLetterTopic?: string;
  /** `KAFKA_CHANGES_TOPIC`: where channels are told what views changed; nowhere unless it is given. */
  readonly changesTopic?: string;
  /** `KAFKA_TLS`. */
  readonly tls: boolean;
  /** `KAFKA_SASL_MECHANISM`, `KAFKA_USERNAME`, `KAFKA_PASSWORD`. A function, so that no log can print it by accident. */
  readonly sasl?: () => { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string };
}

const UNREAD = 'a topic that KAFKA_TOPICS neither names nor matches';
const TOPIC = /^[\w.-]{1,249}$/;

/**
 * Reads what is said of Kafka out of an environment; undefined when `KAFKA_BROKERS` is unset: then there is no Kafka.
 *
 * @param env Environment variables; an empty one counts as unset.
 * @throws SettingsError naming every wrong variable at once.
 */
export function readKafkaSettings(
  env: Readonly<Record<string, string | undefined>> = process.env,
): KafkaSettings | undefined {
  const variables = new Variables(env);
  const brokers = variables.read<readonly string[]>('KAFKA_BROKERS', [], 'host:port, with commas between', brokerList);
  if (brokers.length === 0 && !variables.anyWrong) return undefined;
  const topics = variables.read<KafkaSettings['topics']>(
    'KAFKA_TOPICS',
    ['touchpoints'],
    'names of topics with commas between, or one regular expression between slashes',
    topicRule,
  );
  const group = variables.read(
    'KAFKA_GROUP',
    'throughline-ingestion',
    'a name of at most 249 letters, digits, . _ or -',
    name,
  );
  const deadLetterTopic = variables.read<string | undefined>(
    'KAFKA_DEAD_LETTER_TOPIC',
    undefined,
    'the name of a topic',
    name,
  );
  const changesTopic = variables.read<string | undefined>(
    'KAFKA_CHANGES_TOPIC',
    undefined,
    'the name of a topic',
    name,
  );
  const tls = variables.read('KAFKA_TLS', false, 'true or false', trueOrFalse);
  const mechanism = variables.read<SaslMechanism | undefined>(
    'KAFKA_SASL_MECHANISM',
    undefined,
    `one of ${SASL_MECHANISMS.join(', ')}`,
    (text) => SASL_MECHANISMS.find((known) => known === text),
  );
  const username = variables.text('KAFKA_USERNAME');
  const password = variables.text('KAFKA_PASSWORD');
  if (mechanism !== undefined) {
    if (username === undefined) variables.refuse('KAFKA_USERNAME', 'given with KAFKA_SASL_MECHANISM');
    if (password === undefined) variables.refuse('KAFKA_PASSWORD', 'given with KAFKA_SASL_MECHANISM');
  } else if ((username !== undefined || password !== undefined) && !variables.isRefused('KAFKA_SASL_MECHANISM')) {
    variables.refuse('KAFKA_SASL_MECHANISM', 'given with KAFKA_USERNAME and KAFKA_PASSWORD');
  }
  // What was written out and taken in again would be written out again, for ever.
  const isReadToo = (topic: string | undefined) => topic !== undefined && isWanted(topics, topic);
  if (isReadToo(deadLetterTopic)) variables.refuse('KAFKA_DEAD_LETTER_TOPIC', UNREAD);
  if (isReadToo(changesTopic)) variables.refuse('KAFKA_CHANGES_TOPIC', UNREAD);
  if (changesTopic !== undefined && changesTopic === deadLetterTopic) {
    variables.refuse('KAFKA_CHANGES_TOPIC', 'another than KAFKA_DEAD_LETTER_TOPIC');
  }
  variables.end();
  return Object.freeze({
    brokers,
    topics,
    group,
    tls,
    ...(deadLetterTopic === undefined ? {} : { deadLetterTopic }),
    ...(changesTopic === undefined ? {} : { changesTopic }),
    ...(mechanism === undefined ? {} : { sasl: () => ({ mechanism, username: username!, password: password! }) }),
  });
}

/** Whether touchpoints are read from a topic. */
export function isWanted(topics: KafkaSettings['topics'], topic: string): boolean {
  return 'test' in topics ? topics.test(topic) : topics.includes(topic);
}

function list(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}

function brokerList(text: string): readonly string[] | undefined {
  const brokers = list(text);
  const isBroker = (broker: string): boolean => {
    const port = /^[\w.-]+:(\d{1,5})$/.exec(broker)?.[1];
    return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
  };
  return brokers.every(isBroker) ? brokers : undefined;
}

function topicRule(text: string): readonly string[] | RegExp | undefined {
  const pattern = /^\/(.+)\/$/.exec(text.trim())?.[1];
  if (pattern === undefined) return list(text).every((topic) => TOPIC.test(topic)) ? list(text) : undefined;
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

function name(text: string): string | undefined {
  return TOPIC.test(text) ? text : undefined;
}

function trueOrFalse(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
