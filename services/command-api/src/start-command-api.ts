import { Engines, readEngineSettings } from '@throughline/engines';
import { PROJECTION_NAMES } from '@throughline/projections';
import { deploymentSecret, startService, type Service, type Settings } from '@throughline/runtime';
import { Clock } from './clock.ts';
import { CommandApiModule } from './command-api.module.ts';

/**
 * What stewards and engineers ask for, and the clock, as a process of its own.
 *
 * @throws SettingsError for what the environment says wrongly, and when `EVENTSTORE_URL` is not given.
 */
export function startCommandApi(settings: Settings): Promise<Service> {
  return startService('command-api', settings, async ({ logger, opened }) => {
    const engines = new Engines(readEngineSettings(), settings);
    const secret = deploymentSecret(settings);
    const { log } = engines.openSharedLog();
    opened.push(() => log.close());
    const identity = await engines.openIdentity(log);
    opened.push(() => identity.close());
    const { views, close } = await engines.openViews(PROJECTION_NAMES);
    opened.push(close);
    const clock = new Clock({ log, timeZone: settings.company.timeZone, logger });
    await clock.start();
    opened.push(() => clock.stop());
    return { module: CommandApiModule.forRoot({ log, secret, identity, views }) };
  });
}
