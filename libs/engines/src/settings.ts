import { PARTITIONS, parseRedisUrl, REDIS_URL_RULE } from '@throughline/read-model';
import { Variables } from '@throughline/runtime';

/** Which engines the environment names. What it names none for is embedded. Frozen. */
export interface EngineSettings {
  /** `EVENTSTORE_URL`. A function, so that no log can print its password by accident. */
  readonly eventStore?: () => string;
  /** `REDIS_URL`, likewise. */
  readonly redis?: () => string;
  /** `THROUGHLINE_SHARDS`: in how many parts each view is kept in Redis, so that as many replicas can share it. */
  readonly shards: number;
}

const EVENTSTORE_URL = /^(?:esdb|kurrentdb|kdb)(?:\+discover)?:\/\/\S+$/;
const EVENTSTORE_URL_RULE = 'esdb://[user:password@]host:port[?tls=false], or esdb+discover:// for a cluster';

const SHARDS_RULE = `one of ${PARTITIONS.join(', ')}`;

/**
 * Reads which engines to run on out of an environment.
 *
 * @param env Environment variables; an empty one counts as unset.
 * @throws SettingsError naming every wrong variable at once, and showing none.
 */
export function readEngineSettings(env: Readonly<Record<string, string | undefined>> = process.env): EngineSettings {
  const variables = new Variables(env);
  const read = (name: string, rule: string, isGood: (text: string) => boolean) =>
    variables.read<string | undefined>(name, undefined, rule, (text) => (isGood(text) ? text : undefined));
  const eventStore = read('EVENTSTORE_URL', EVENTSTORE_URL_RULE, (text) => EVENTSTORE_URL.test(text));
  const redis = read('REDIS_URL', REDIS_URL_RULE, (text) => parseRedisUrl(text) !== undefined);
  const shards = variables.read('THROUGHLINE_SHARDS', 1, SHARDS_RULE, (text) =>
    PARTITIONS.find((parts) => String(parts) === text),
  );
  if (shards > 1 && redis === undefined && !variables.isRefused('REDIS_URL')) {
    variables.refuse('THROUGHLINE_SHARDS', '1 where REDIS_URL is not given, since embedded views have one writer');
  }
  variables.end();
  return Object.freeze({
    ...(eventStore !== undefined && { eventStore: () => eventStore }),
    ...(redis !== undefined && { redis: () => redis }),
    shards,
  });
}
