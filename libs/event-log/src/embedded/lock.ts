/**
 * One writer a folder. The lock is the file `lock.<n>` with the highest n: it names the process that holds it, or says that
 * it was released. It is taken by creating the next one, whole and exclusively (a link fails where a file is), and by seeing
 * that no higher one has come to be; n only rises, so of any number of processes that find a dead holder one wins.
 */
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ThroughlineError } from '@throughline/contracts';

/** A pid is used again; a pid, its start and the machine's boot together are not. Where there is no /proc, the pid has to do. */
interface Holder {
  readonly pid: number;
  /** Clock ticks since boot, as /proc has it. */
  readonly started: string | null;
  readonly boot: string | null;
}

const RELEASED = 'released';
const NAME = /^lock\.(\d+)$/;

/**
 * Takes the writer's lock of a folder; the returned function gives it back.
 *
 * @throws ThroughlineError `log-locked`, naming the process and the folder.
 */
export function takeLock(dir: string): () => void {
  const claim = join(dir, `claim.${randomUUID()}`);
  writeFileSync(claim, JSON.stringify(holderOf(process.pid)));
  try {
    for (;;) {
      const highest = Math.max(0, ...generations(dir));
      if (highest > 0) refuseLiving(dir, highest);
      const mine = highest + 1;
      if (!linked(claim, path(dir, mine))) continue;
      const now = generations(dir);
      if (now.some((generation) => generation > mine)) {
        rmSync(path(dir, mine), { force: true });
        continue;
      }
      for (const generation of now) if (generation < mine) rmSync(path(dir, generation), { force: true });
      return () => writeFileSync(path(dir, mine), RELEASED);
    }
  } finally {
    rmSync(claim);
  }
}

const path = (dir: string, generation: number) => join(dir, `lock.${generation}`);

function generations(dir: string): number[] {
  return readdirSync(dir).flatMap((name) => Number(NAME.exec(name)?.[1] ?? []));
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function refuseLiving(dir: string, generation: number): void {
  const text = readIfThere(path(dir, generation));
  if (text === undefined || text === RELEASED || text === '') return;
  const holder = JSON.parse(text) as Holder;
  const now = isAlive(holder.pid) ? holderOf(holder.pid) : undefined;
  if (now !== undefined && now.started === holder.started && now.boot === holder.boot) {
    throw new ThroughlineError('log-locked', `Process ${holder.pid} holds ${dir}.`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function holderOf(pid: number): Holder {
  // The process's name, in parentheses, may hold anything; what follows it is numbers. The start is the 22nd field.
  const stat = readIfThere(`/proc/${pid}/stat`);
  const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  return { pid, started, boot: readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
