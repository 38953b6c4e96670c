import { Module } from '@nestjs/common';
import type { LogPlace, LogWriter } from '@throughline/event-log';
import type { ViewPlace } from '@throughline/read-model';
import { startService, type Running, type Service, type Settings } from '@throughline/runtime';
import { Engines } from './engines.ts';
import { readEngineSettings } from './settings.ts';

/** What a part that follows the log works on. */
export interface Along {
  /** Where it reads the log. */
  readonly log: LogPlace;
  readonly writer: LogWriter;
  readonly views: ViewPlace;
  /** Where identity keeps its graph on this host. */
  readonly graph: string;
}

@Module({})
class AlongModule {}

/**
 * A part that follows the log, as a process of its own: over HTTP it has only its health and its figures.
 *
 * @param part Its name in logs and health.
 * @throws SettingsError for what the environment says wrongly, and when `EVENTSTORE_URL` is not given.
 */
export function startAlong(settings: Settings, part: string, start: (along: Along) => Running): Promise<Service> {
  return startService(settings, async ({ opened, supervise }) => {
    const engines = new Engines(readEngineSettings(), settings);
    const { log, place } = engines.openSharedLog();
    opened.push(() => log.close());
    const { views, graph } = engines;
    supervise({ [part]: () => start({ log: place, writer: log, views, graph }) });
    return { module: AlongModule };
  });
}
