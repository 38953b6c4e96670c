import { runService, type Service, type Settings } from '@throughline/runtime';
import { startPlatform } from './start-platform.ts';

/** Runs the platform as what this process is for: it ends, cleanly, with a signal or with the npm that started it. */
export function runPlatform(settings: Settings): Promise<Service> {
  return runService(settings, startPlatform);
}
