/**
 * A process of its own that builds a version with threads, and is killed: `node build.mjs build <data folder> <position> <workers>`; or that
 * hashes it: `node build.mjs hash <data folder>`. Each line is how far it has come; the last is what came of it.
 */
import { join } from 'node:path';
import { versionOf } from '@throughline/contracts';
import { Brake, buildWithThreads, DEFAULT_BUILD_LIMITS, stateHash } from '@throughline/projection';
import { openVersionShelfAt } from '@throughline/read-model';
import { count } from './count.mjs';

const [mode, dir, upTo, workers] = process.argv.slice(2);
const version = versionOf(count);
const views = { engine: 'embedded', dir };

if (mode === 'build') {
  const built = await buildWithThreads(() => count, {
    place: {
      log: { engine: 'embedded', dir: join(dir, 'log') },
      views,
      company: {},
      documents: {},
      version,
      parts: 1,
      token: 1,
      upTo,
      brake: new Brake().shared,
      limits: { ...DEFAULT_BUILD_LIMITS, batch: 100, block: 1, slice: 20, membership: 50 },
    },
    script: new URL('./build-worker.mjs', import.meta.url),
    workers: Number(workers),
    signal: new AbortController().signal,
    onProgress: (progress) => process.stdout.write(`${JSON.stringify(progress)}\n`),
  });
  process.stdout.write(JSON.stringify(built));
} else {
  const shelf = await openVersionShelfAt(views, 'count');
  const snapshot = await shelf.snapshot(version);
  process.stdout.write(await stateHash(snapshot));
  await snapshot.close();
  await shelf.close();
}
