import { parseRedisUrl, REDIS_URL_RULE } from '@throughline/read-model';
import { SettingsError } from '@throughline/runtime';

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
  const wrong: [string, string][] = [];
  const eventStore = env['EVENTSTORE_URL'] || undefined;
  if (eventStore !== undefined && !EVENTSTORE_URL.test(eventStore)) wrong.push(['EVENTSTORE_URL', EVENTSTORE_URL_RULE]);
  const redis = env['REDIS_URL'] || undefined;
  if (redis !== undefined && parseRedisUrl(redis) === undefined) wrong.push(['REDIS_URL', REDIS_URL_RULE]);
  if (wrong.length > 0) throw new SettingsError(wrong);
  return Object.freeze({
    ...(eventStore !== undefined && { eventStore: () => eventStore }),
    ...(redis !== undefined && { redis: () => redis }),
  });
}
