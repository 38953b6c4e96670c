import type { ProjectionOf } from '@throughline/contracts';
import { bareVersion, openVersionShelfAt, partedVersion } from '@throughline/read-model';
import { Brake } from '../build/brake.ts';
import { diffVersions } from '../diff/diff-versions.ts';
import { buildThere } from './build-there.ts';
import type { DiffTask, TaskOn } from './tasks.ts';

/** Compares two versions at one position; a sample is built for it, up to there. */
export async function diffThere<F, V>(
  projection: ProjectionOf<F, V>,
  { position, from, to, sample, token }: DiffTask,
  on: TaskOn,
): Promise<void> {
  const { place, signal, tell } = on;
  const { name } = projection(place.company, to.documents);
  const shelf = await openVersionShelfAt(place.views, name);
  const parts = place.sharing?.parts ?? 1;
  const stored = partedVersion(to.version, parts);
  try {
    const report = await diffVersions({
      shelf,
      from: { name: bareVersion(from), stored: partedVersion(from, parts) },
      to: { name: bareVersion(to.version), stored },
      position,
      sample,
      async build() {
        await shelf.remove(stored);
        const { shared } = new Brake();
        const task = {
          kind: 'build',
          ...to,
          upTo: position,
          sample,
          workers: undefined,
          source: 'copy',
          token,
          brake: shared,
        } as const;
        await buildThere(projection, task, { ...on, tell: undefined });
      },
      release: () => tell?.({ released: true }),
      signal,
    });
    tell?.({ report });
  } finally {
    await shelf.close();
  }
}
