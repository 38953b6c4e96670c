import { Module } from '@nestjs/common';
import { Engines, readEngineSettings } from '@throughline/engines';
import type { MirrorProgress } from '@throughline/event-log';
import { readGauge, startService, type Service, type Settings } from '@throughline/runtime';
import { keepMirror } from './keep-mirror.ts';

@Module({})
class MirrorModule {}

/**
 * Keeps this host's copy of the log in an EventStoreDB: every service on the host reads that, and the server is asked for each
 * event once a host.
 *
 * @throws SettingsError when `EVENTSTORE_URL` is not given.
 */
export function startMirror(settings: Settings): Promise<Service> {
  return startService('mirror', settings, async ({ logger, metrics, parts, supervise }) => {
    const { url, dir } = new Engines(readEngineSettings(), settings).mirror;
    let progress: MirrorProgress | undefined;
    readGauge(
      metrics,
      'throughline_mirror_events',
      'Events in this host’s copy of the log',
      () => progress?.events ?? 0,
    );
    supervise({ mirror: () => keepMirror({ url, dir, logger, parts, onProgress: (now) => (progress = now) }) });
    return { module: MirrorModule };
  });
}
