/** The whole platform, in this process. */
import * as rooms from '@throughline/platform';
import { readSettings, SettingsError, type LogLevel, type Settings } from '@throughline/runtime';
import type { Where } from './commands/start.ts';
import { EXIT, Stop } from './exit.ts';

interface Running {
  readonly url: string;
  /** The folder of the data. */
  readonly data: string;
  /** Never settles while the platform serves: the process ends with it. */
  readonly ended: Promise<never>;
}

/** @param quiet the least severe log line that is still printed, where LOG_LEVEL says nothing. */
export async function runPlatform({ port, data }: Where, quiet: LogLevel = 'info'): Promise<Running> {
  const given = {
    LOG_LEVEL: quiet,
    ...process.env,
    ...(port === undefined ? {} : { PORT: String(port) }),
    ...(data === undefined ? {} : { THROUGHLINE_DATA: data }),
  };
  const settings = settingsOf(given);
  const { startPlatform } = rooms as unknown as { startPlatform(settings: Settings): Promise<{ url: string }> };
  const { url } = await startPlatform(settings);
  return { url, data: settings.data, ended: new Promise<never>(() => undefined) };
}

function settingsOf(env: NodeJS.ProcessEnv): Settings {
  try {
    return readSettings(env);
  } catch (error) {
    throw error instanceof SettingsError ? new Stop(EXIT.usage, error.message) : error;
  }
}
