import { join } from 'node:path';
import { startBalanceProjection } from '@throughline/balance-projection';
import { startCemProjection } from '@throughline/cem-projection';
import { Clock } from '@throughline/command-api';
import { startCrmProjection } from '@throughline/crm-projection';
import { openLog } from '@throughline/event-log';
import { identityFolder, startIdentity } from '@throughline/identity-service';
import { openIdentityReader, openViewReader } from '@throughline/read-model';
import { deploymentSecret, startService, type Service, type Settings } from '@throughline/runtime';
import { registerFigures } from './figures.ts';
import { PlatformModule } from './platform.module.ts';

/**
 * Runs the whole platform in this process: HTTP, the log's writer and the clock on this thread; identity and the three
 * projections on threads of their own. Killing it loses nothing that was acknowledged: run again, it goes on from there.
 *
 * @throws SettingsError, or ThroughlineError `log-locked` or `log-corrupt`; whatever had been opened is closed again.
 */
export function startPlatform(settings: Settings): Promise<Service> {
  return startService(settings, async ({ logger, metrics, health, opened, supervise }) => {
    const { data, company } = settings;
    const secret = deploymentSecret(settings);
    const log = await openLog({ dir: join(data, 'log') });
    opened.push(() => log.close());
    health.register('log', () => ({ ready: true }));
    const clock = new Clock({ log, timeZone: company.timeZone, logger });
    await clock.start();
    opened.push(() => clock.stop());

    supervise({
      identity: () => startIdentity({ data, log, secret }),
      'crm-projection': () => startCrmProjection({ data, log, company }),
      'cem-projection': () => startCemProjection({ data, log, company }),
      'balance-projection': () => startBalanceProjection({ data, log, company }),
    });

    const identity = openIdentityReader({ dir: identityFolder(data) });
    opened.push(() => identity.close());
    const views = {
      crm: openViewReader({ dir: data, projection: 'crm' }),
      cem: openViewReader({ dir: data, projection: 'cem' }),
      balance: openViewReader({ dir: data, projection: 'balance' }),
    };
    opened.push(() => Promise.all(Object.values(views).map((view) => view.close())));

    registerFigures(metrics, log, views);
    logger.info({ data, events: log.stats().events }, 'the log is open');
    return { module: PlatformModule.around({ log, views, identity, secret }) };
  });
}
