import { join } from 'node:path';
import { startBalanceProjection } from '@throughline/balance-projection';
import { startCemProjection } from '@throughline/cem-projection';
import { Clock } from '@throughline/command-api';
import { startCrmProjection } from '@throughline/crm-projection';
import { openLog } from '@throughline/event-log';
import { identityFolder, startIdentity } from '@throughline/identity-service';
import { openIdentityReader, openViewReader } from '@throughline/read-model';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  deploymentSecret,
  Health,
  Opened,
  Supervisor,
  type Running,
  type Settings,
} from '@throughline/runtime';
import type { Logger } from 'pino';
import { registerFigures } from './figures.ts';
import { PlatformModule } from './platform.module.ts';

export interface Platform {
  /** Where it answers. */
  readonly url: string;
  readonly logger: Logger;
  /** Stops intake, lets what is in hand become durable, then ends every part. */
  close(): Promise<void>;
}

/**
 * Runs the whole platform in this process: HTTP, the log's writer and the clock on this thread; identity and the three
 * projections on threads of their own. Killing it loses nothing that was acknowledged: run again, it goes on from there.
 *
 * @throws SettingsError, or ThroughlineError `log-locked` or `log-corrupt`; whatever had been opened is closed again.
 */
export async function startPlatform(settings: Settings): Promise<Platform> {
  const logger = createLogger(settings.logLevel);
  const { data, company } = settings;
  const opened = new Opened();
  try {
    const secret = deploymentSecret(settings);
    const log = await openLog({ dir: join(data, 'log') });
    opened.push(() => log.close());
    const clock = new Clock({ log, timeZone: company.timeZone, logger });
    await clock.start();
    opened.push(() => clock.stop());

    const health = new Health();
    health.register('log', () => ({ ready: true }));
    const parts: Readonly<Record<string, () => Running>> = {
      identity: () => startIdentity({ data, log, secret }),
      'crm-projection': () => startCrmProjection({ data, log, company }),
      'cem-projection': () => startCemProjection({ data, log, company }),
      'balance-projection': () => startBalanceProjection({ data, log, company }),
    };
    const supervisors = Object.entries(parts).map(([name, start]) => new Supervisor(name, start, { logger, health }));
    for (const supervisor of supervisors) supervisor.run();
    opened.push(() => Promise.all(supervisors.map((supervisor) => supervisor.stop())));

    const identity = openIdentityReader({ dir: identityFolder(data) });
    opened.push(() => identity.close());
    const views = {
      crm: openViewReader({ dir: data, projection: 'crm' }),
      cem: openViewReader({ dir: data, projection: 'cem' }),
      balance: openViewReader({ dir: data, projection: 'balance' }),
    };
    opened.push(() => Promise.all(Object.values(views).map((view) => view.close())));

    const metrics = createMetrics();
    registerFigures(metrics, log, views);
    const app = await createHttpApp(PlatformModule.around({ log, views, identity, secret }), {
      settings,
      logger,
      metrics,
      health,
    });
    opened.push(() => app.close());
    await app.listen(settings.port, settings.host);
    const url = await app.getUrl();
    logger.info({ url, data, events: log.stats().events }, 'serving');
    return { url, logger, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
