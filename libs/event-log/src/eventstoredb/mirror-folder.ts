/**
 * The folder of a mirror: `copy-<n>`, the highest n being the one in use. A copy in doubt is never mended or emptied: the next
 * one is begun beside it, readers go over, and the old one is removed.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /^copy-(\d+)$/;

/** The number of the copy in use; 0 when there is none. */
export function copyInUse(dir: string): number {
  return Math.max(0, ...copies(dir));
}

export function copyFolder(dir: string, number: number): string {
  return join(dir, `copy-${number}`);
}

/** Begins the next copy, which is in use from now on. No number is used twice, even when the folder was emptied. */
export function beginCopy(dir: string): number {
  const number = Math.max(copyInUse(dir) + 1, Date.now());
  mkdirSync(copyFolder(dir, number), { recursive: true });
  return number;
}

/** Removes all copies but the one in use. */
export function removeOldCopies(dir: string): void {
  const inUse = copyInUse(dir);
  for (const number of copies(dir))
    if (number < inUse) rmSync(copyFolder(dir, number), { recursive: true, force: true });
}

function copies(dir: string): number[] {
  try {
    return readdirSync(dir).flatMap((name) => Number(NAME.exec(name)?.[1] ?? []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
