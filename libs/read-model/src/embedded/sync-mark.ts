/**
 * Whether an environment can be trusted after what happened to the machine.
 *
 * A view is derived, so its commits are not synced to disk one by one: the system writes them when it likes, in any order.
 * A process that is killed loses nothing by that, since the system still has what it wrote; a machine that loses its power may
 * leave a file of which some pages are old. So a mark beside the file says under which boot of the machine it was opened, or that
 * it was synced and closed. What was neither closed nor opened under this boot is thrown away and folded again from the log.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

const CLOSED = 'closed';
/** The file that holds an environment. */
export const DATA = 'data.mdb';

/** Whether the environment in the folder is whole; also one that is not there yet. */
export function isWhole(folder: string): boolean {
  if (!existsSync(join(folder, DATA))) return true;
  try {
    const mark = readFileSync(markFile(folder), 'utf8');
    return mark === CLOSED || isThisBoot(mark);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Has a folder whose environment is whole, if need be by throwing away the one that is not, and notes that it is open. */
export function beginUnsynced(folder: string): void {
  if (!isWhole(folder)) rmSync(folder, { recursive: true });
  mkdirSync(folder, { recursive: true });
  write(folder, boot());
}

/** Syncs the closed environment, and notes that it is whole whatever happens to the machine. A version that was removed is left at that. */
export function endUnsynced(folder: string): void {
  if (!existsSync(join(folder, DATA))) return;
  const file = openSync(join(folder, DATA), 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  write(folder, CLOSED);
}

/** Renaming is atomic: whoever else opens the environment sees one mark or the other, never half of one. */
function write(folder: string, mark: string): void {
  const draft = `${markFile(folder)}.${process.pid}.${threadId}.draft`;
  writeFileSync(draft, mark, { flush: true });
  renameSync(draft, markFile(folder));
}

function markFile(folder: string): string {
  return join(folder, 'synced');
}

/** Boots are further apart than this, and the clock by which one is told jumps less, seconds. */
const APART = 30;

/** By the kernel's own id; where there is none, by when it was. A mark that is neither is of no boot. */
function isThisBoot(mark: string): boolean {
  const now = boot();
  return mark === now || Math.abs(Number(mark) - Number(now)) <= APART;
}

/** Names this boot of the machine: the kernel's own id, or where there is none the second at which it was. */
function boot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return String(Math.round(Date.now() / 1000 - uptime()));
  }
}
