import { closeOnSignal, endOnCrash, type Settings } from '@throughline/runtime';
import { startPlatform, type Platform } from './start-platform.ts';

/** Runs the platform as what this process is for: it ends, cleanly, with a signal or with the npm that started it. */
export async function runPlatform(settings: Settings): Promise<Platform> {
  const platform = await startPlatform(settings);
  endOnCrash(platform.logger);
  closeOnSignal(() => platform.close(), platform.logger);
  return platform;
}
