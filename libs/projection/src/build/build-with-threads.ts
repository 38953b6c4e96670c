import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ProjectionOf, Sample } from '@throughline/contracts';
import { buildVersion, type Built } from './build-version.ts';
import { crewHere } from './crew.ts';
import type { BuildProgress } from './meter.ts';
import { openBuilder, type BuildPlace } from './open-builder.ts';
import { crewOfThreads } from './thread-crew.ts';

export interface BuildWithThreads {
  readonly place: BuildPlace;
  /** The module whose body is `serveBuilder`, which knows the projection by its name. Run from TypeScript source there is none: all is then done in this thread. */
  readonly script: URL;
  readonly workers: number;
  readonly sample?: Sample | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/**
 * Builds a version on the engines it is told of, with threads of its own, and closes what it opened. To rest, and to go on, it is told by the
 * place's brake.
 *
 * @returns undefined when the signal ended it.
 */
export async function buildWithThreads<F, V>(
  projection: ProjectionOf<F, V>,
  build: BuildWithThreads,
): Promise<Built | undefined> {
  const { place, script, workers, signal } = build;
  const { builder, ended, close } = await openBuilder(projection, place);
  try {
    const threads = existsSync(fileURLToPath(script))
      ? crewOfThreads(script, builder.definition.name, place, workers)
      : undefined;
    try {
      const crew = threads ?? crewHere(builder);
      const built = await buildVersion({
        ...build,
        ...builder,
        crew,
        upTo: place.upTo,
        signal: AbortSignal.any([signal, ended]),
      });
      if (ended.aborted) throw ended.reason;
      return built;
    } finally {
      await threads?.close();
    }
  } finally {
    await close();
  }
}
