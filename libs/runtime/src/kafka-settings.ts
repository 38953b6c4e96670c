import { SettingsError } from './settings.ts';

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
  const wrong: [string, string][] = [];
  const read = <T>(name: string, fallback: T, rule: string, parse: (text: string) => T | undefined): T => {
    const text = env[name];
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (value === undefined) wrong.push([name, rule]);
    return value ?? fallback;
  };

  const brokers = read<readonly string[]>('KAFKA_BROKERS', [], 'host:port, with commas between', brokerList);
  if (brokers.length === 0 && wrong.length === 0) return undefined;
  const topics = read<KafkaSettings['topics']>(
    'KAFKA_TOPICS',
    ['touchpoints'],
    'names of topics with commas between, or one regular expression between slashes',
    topicRule,
  );
  const group = read('KAFKA_GROUP', 'throughline-ingestion', 'a name of at most 249 letters, digits, . _ or -', name);
  const deadLetterTopic = read<string | undefined>('KAFKA_DEAD_LETTER_TOPIC', undefined, 'the name of a topic', name);
  const changesTopic = read<string | undefined>('KAFKA_CHANGES_TOPIC', undefined, 'the name of a topic', name);
  const tls = read('KAFKA_TLS', false, 'true or false', trueOrFalse);
  const mechanism = read<SaslMechanism | undefined>(
    'KAFKA_SASL_MECHANISM',
    undefined,
    `one of ${SASL_MECHANISMS.join(', ')}`,
    (text) => SASL_MECHANISMS.find((known) => known === text),
  );
  const username = env['KAFKA_USERNAME'] || undefined;
  const password = env['KAFKA_PASSWORD'] || undefined;
  const isMechanismWrong = wrong.some(([variable]) => variable === 'KAFKA_SASL_MECHANISM');
  if (mechanism !== undefined) {
    if (username === undefined) wrong.push(['KAFKA_USERNAME', 'given with KAFKA_SASL_MECHANISM']);
    if (password === undefined) wrong.push(['KAFKA_PASSWORD', 'given with KAFKA_SASL_MECHANISM']);
  } else if ((username !== undefined || password !== undefined) && !isMechanismWrong) {
    wrong.push(['KAFKA_SASL_MECHANISM', 'given with KAFKA_USERNAME and KAFKA_PASSWORD']);
  }
  const isReadToo = (topic: string | undefined) =>
    topic !== undefined && Array.isArray(topics) && topics.includes(topic);
  if (isReadToo(deadLetterTopic)) wrong.push(['KAFKA_DEAD_LETTER_TOPIC', 'none of KAFKA_TOPICS']);
  if (isReadToo(changesTopic)) wrong.push(['KAFKA_CHANGES_TOPIC', 'none of KAFKA_TOPICS']);
  if (changesTopic !== undefined && changesTopic === deadLetterTopic) {
    wrong.push(['KAFKA_CHANGES_TOPIC', 'another than KAFKA_DEAD_LETTER_TOPIC']);
  }
  if (wrong.length > 0) throw new SettingsError(wrong);
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
