import { Engines, readEngineSettings } from '@throughline/engines';
import { PROJECTION_NAMES } from '@throughline/projections';
import { deploymentSecret, startService, type Service, type Settings } from '@throughline/runtime';
import { registerViewFigures } from './figures.ts';
import { QueryApiModule } from './query-api.module.ts';

/**
 * Every question, as a process of its own. It writes nothing, and reads the log from this host's mirror.
 *
 * @throws SettingsError for what the environment says wrongly, and when `EVENTSTORE_URL` is not given.
 */
export function startQueryApi(settings: Settings): Promise<Service> {
  return startService('query-api', settings, async ({ metrics, opened }) => {
    const engines = new Engines(readEngineSettings(), settings);
    const secret = deploymentSecret(settings);
    const { log } = engines.openSharedLog();
    opened.push(() => log.close());
    const identity = await engines.openIdentity(log);
    opened.push(() => identity.close());
    const { views, close } = await engines.openViews(PROJECTION_NAMES);
    opened.push(close);
    const { shelves, close: closeShelves } = await engines.openShelves(PROJECTION_NAMES);
    opened.push(closeShelves);
    registerViewFigures(metrics, log, views);
    return { module: QueryApiModule.forRoot({ log, views, shelves, identity, secret }) };
  });
}
