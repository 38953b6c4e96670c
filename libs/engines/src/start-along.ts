import { Module } from '@nestjs/common';
import type { LogPlace, LogWriter, Watch } from '@throughline/event-log';
import type { Sharing, ViewPlace } from '@throughline/read-model';
import { readKafkaSettings, startService, type Running, type Service, type Settings } from '@throughline/runtime';
import { changesOut, type ChangesOut } from './changes-out.ts';
import { Engines } from './engines.ts';
import { readEngineSettings } from './settings.ts';
import { watchPart } from './watch-part.ts';
import { watchShare } from './watch-share.ts';

/** What a part that follows the log works on. */
export interface Along {
  /** Where it reads the log. */
  readonly log: LogPlace;
  readonly writer: LogWriter;
  readonly views: ViewPlace;
  /** How it shares its work with other replicas; undefined: it is the only one. */
  readonly sharing: Sharing | undefined;
  /** Where identity keeps its graph on this host. */
  readonly graph: string;
  /** Is to be told of each commit. */
  readonly watch: Watch;
  /** Is to be told which shards of its work this replica does, where it shares it. */
  readonly onShare: (shards: readonly number[]) => void;
  /** Where a view is to tell channels what it changed; undefined: nowhere. */
  readonly changes: () => ChangesOut | undefined;
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
  return startService(part, settings, async (workbench) => {
    const { opened, supervise } = workbench;
    const kafka = readKafkaSettings();
    const engines = new Engines(readEngineSettings(), settings);
    const { log, place } = engines.openSharedLog();
    opened.push(() => log.close());
    const { views, graph, sharing } = engines;
    const watch = watchPart(part, { ...workbench, log });
    const onShare = watchShare(part, workbench, sharing);
    const changes = () => changesOut(part, kafka, workbench);
    const along = { log: place, writer: log, views, sharing, graph, watch, onShare, changes };
    return { module: AlongModule, listening: () => supervise({ [part]: () => start(along) }) };
  });
}
