/** Which runs there are on disk, and which of them to use. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IndexDamaged } from './index-part.ts';
import { rangeOfName } from './run-format.ts';
import { Run } from './run.ts';
import type { SegmentFiles } from './segment-files.ts';

export function indexDir(dir: string): string {
  return join(dir, 'index');
}

export function indexFiles(dir: string): string[] {
  try {
    return readdirSync(indexDir(dir)).map((name) => join(indexDir(dir), name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Sound runs that do not overlap, ascending; of two that begin alike the longer. What they leave out has no usable run.
 *
 * @param open runs that are open already, by path: they are used as they are.
 */
export function openRuns(files: SegmentFiles, open: ReadonlyMap<string, Run> = new Map()): Run[] {
  const bases = new Set(files.bases);
  const found = indexFiles(files.dir).flatMap((path) => {
    const range = rangeOfName(path.slice(indexDir(files.dir).length + 1));
    return range && bases.has(range.from) && bases.has(range.to) ? [{ path, ...range }] : [];
  });
  found.sort((a, b) => a.from - b.from || b.to - a.to);
  const runs: Run[] = [];
  let covered = 0;
  for (const { path, from, to } of found) {
    if (from < covered) continue;
    const run = open.get(path) ?? tryOpen(path);
    if (run === undefined) continue;
    if (run.facts.from !== from || run.facts.to !== to || run.facts.seal !== files.checksumBefore(to)) {
      run.close();
      continue;
    }
    runs.push(run);
    covered = to;
  }
  return runs;
}

function tryOpen(path: string): Run | undefined {
  try {
    return new Run(path);
  } catch (error) {
    // Gone since it was listed: a merge has taken its place.
    if (error instanceof IndexDamaged || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
