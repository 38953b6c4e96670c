/** Which versions of a projection there are on disk, and the one that readers are given. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One version of one projection, in a data folder. */
export interface ViewVersion {
  readonly dir: string;
  readonly projection: string;
  readonly version: string;
}

export function viewFolder({ dir, projection, version }: ViewVersion): string {
  return join(dir, 'views', `${projection}-${version}`);
}

/** The version that readers are given; undefined before there is one. */
export function currentVersion(dir: string, projection: string): string | undefined {
  try {
    return readFileSync(pointer(dir, projection), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Every version of which there is something. */
export function versionsIn(dir: string, projection: string): readonly string[] {
  const versions: string[] = [];
  for (const name of foldersIn(join(dir, 'views'))) {
    const found = FOLDER.exec(name)?.groups as { projection: string; version: string } | undefined;
    if (found?.projection === projection) versions.push(found.version);
  }
  return versions;
}

/** Renaming is atomic: a reader sees the old version's name or the new one's, whole. */
export function pointTo(dir: string, projection: string, version: string): void {
  mkdirSync(join(dir, 'views'), { recursive: true });
  const draft = `${pointer(dir, projection)}.${process.pid}.draft`;
  writeFileSync(draft, `${version}\n`);
  renameSync(draft, pointer(dir, projection));
}

/** Hash, which build of it, and by which rules of identity. */
const FOLDER = /^(?<projection>.+)-(?<version>[0-9a-f]{16}(\.[1-9][0-9]*)?(i[1-9][0-9]*)?)$/;

function foldersIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function pointer(dir: string, projection: string): string {
  return join(dir, 'views', `${projection}.current`);
}
