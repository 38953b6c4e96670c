import { parseRedisUrl, REDIS_URL_RULE } from '@throughline/read-model';
import { Variables } from '@throughline/runtime';

/** Which engines the environment names. What it names none for is embedded. Frozen. */
export interface EngineSettings {
  /** `EVENTSTORE_URL`. A function, so that no log can print its password by accident. */
  readonly eventStore?: () => string;
  /** `REDIS_URL`, likewise. */
  readonly redis?: () => string;
}

const EVENTSTORE_URL = /^(?:esdb|kurrentdb|kdb)(?:\+discover)?:\/\/\S+$/;
const EVENTSTORE_URL_RULE = 'esdb://[user:password@]host:port[?tls=false], or esdb+discover:// for a cluster';

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
  variables.end();
  return Object.freeze({
    ...(eventStore !== undefined && { eventStore: () => eventStore }),
    ...(redis !== undefined && { redis: () => redis }),
  });
}
