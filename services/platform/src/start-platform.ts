import { Clock } from '@throughline/command-api';
import { changesOut, Engines, readEngineSettings, watchPart, watchShare } from '@throughline/engines';
import { startIdentity } from '@throughline/identity-service';
import { startKafkaIntake } from '@throughline/ingestion-service';
import { keepMirror } from '@throughline/mirror';
import { partOf, startProjectionNamed } from '@throughline/projection-service';
import { PROJECTION_NAMES } from '@throughline/projections';
import { registerViewFigures } from '@throughline/query-api';
import { deploymentSecret, readKafkaSettings, startService, type Service, type Settings } from '@throughline/runtime';
import { registerLogFigures } from './figures.ts';
import { PlatformModule } from './platform.module.ts';

/**
 * Runs the whole platform in this process: HTTP, the log's writer and the clock on this thread; identity and each
 * projection on threads of their own; on the engines that the environment names, else on the embedded ones. Killing it loses
 * nothing that was acknowledged: run again, it goes on from there.
 *
 * @throws SettingsError, or ThroughlineError `log-locked` or `log-corrupt`; whatever had been opened is closed again.
 */
export function startPlatform(settings: Settings): Promise<Service> {
  return startService('platform', settings, async (workbench) => {
    const { logger, metrics, health, parts, tracing, opened, supervise } = workbench;
    const { data, company, phoneRegion } = settings;
    const kafka = readKafkaSettings();
    const engines = new Engines(readEngineSettings(), settings);
    const secret = deploymentSecret(settings);
    const { views: viewPlace, graph, sharing } = engines;

    if (engines.shared) supervise({ mirror: () => keepMirror({ ...engines.mirror, logger, parts }) });
    const { log, place, stats } = await engines.openLog();
    opened.push(() => log.close());
    health.register('log', () => ({ ready: true }));
    const clock = new Clock({ log, timeZone: company.timeZone, logger });
    await clock.start();
    opened.push(() => clock.stop());

    const along = (part: string) => ({
      log: place,
      writer: log,
      views: viewPlace,
      sharing,
      onShare: watchShare(part, workbench, sharing),
      watch: watchPart(part, { ...workbench, log }),
    });
    const view = (part: string) => ({ ...along(part), changes: changesOut(part, kafka, workbench), company });
    const identity = await engines.openIdentity(log);
    opened.push(() => identity.close());
    const { views, close } = await engines.openViews(PROJECTION_NAMES);
    opened.push(close);
    const { shelves, close: closeShelves } = await engines.openShelves(PROJECTION_NAMES);
    opened.push(closeShelves);
    if (kafka) {
      const intake = startKafkaIntake({ settings: kafka, log, secret, phoneRegion, metrics, logger, tracing });
      opened.push(() => intake.stop());
    }

    if (stats) registerLogFigures(metrics, stats);
    registerViewFigures(metrics, log, views);
    logger.info({ data, ...(stats && { events: stats().events }) }, 'the log is open');
    return {
      module: PlatformModule.around({ log, views, shelves, identity, secret }),
      listening: () =>
        supervise({
          identity: () => startIdentity({ ...along('identity'), graph, secret }),
          ...Object.fromEntries(
            PROJECTION_NAMES.map((name) => [partOf(name), () => startProjectionNamed(name, view(partOf(name)))]),
          ),
        }),
    };
  });
}
