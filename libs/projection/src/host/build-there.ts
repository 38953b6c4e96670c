import type { JsonObject, ProjectionOf } from '@throughline/contracts';
import type { LogPlace } from '@throughline/event-log';
import { partedVersion } from '@throughline/read-model';
import { availableParallelism } from 'node:os';
import { buildWithThreads } from '../build/build-with-threads.ts';
import { DEFAULT_BUILD_LIMITS } from '../build/limits.ts';
import type { BuildTask, TaskOn } from './tasks.ts';

/** Builds a version up to a position, every part of it. */
export async function buildThere<F, V>(
  projection: ProjectionOf<F, V>,
  { version, documents, upTo, sample, source, workers, token, brake }: BuildTask,
  { log, place, script, signal, tell }: TaskOn,
): Promise<void> {
  await log.reached?.(upTo);
  const { log: logPlace, views, company, sharing } = place;
  const parts = sharing?.parts ?? 1;
  const built = await buildWithThreads(projection, {
    place: {
      log: source === 'log' ? originalOf(logPlace) : logPlace,
      views,
      company,
      documents,
      version: partedVersion(version, parts),
      parts,
      token,
      upTo,
      brake,
      limits: DEFAULT_BUILD_LIMITS,
    },
    script: new URL(script),
    workers: workers ?? availableParallelism(),
    sample,
    signal,
    onProgress: (progress) => tell?.({ progress: { ...progress } as unknown as JsonObject }),
  });
  if (built) tell?.({ built });
}

/** Where there is no copy, the log itself is read anyway. */
function originalOf(place: LogPlace): LogPlace {
  return place.engine === 'mirror' && place.server !== undefined
    ? { engine: 'server', dir: place.dir, server: place.server }
    : place;
}
