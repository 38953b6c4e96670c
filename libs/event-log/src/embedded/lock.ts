/**
 * One writer a folder. The lock is the file `lock.<n>` with the highest n: it names the process that holds it, or says that
 * it was released. It is taken by creating the next one, whole and exclusively (a link fails where a file is), and by seeing
 * that no higher one has come to be; n only rises, so of any number of processes that find a dead holder one wins.
 *
 * Whether a holder is dead:
 *
 *   its pid means something here (same machine, same boot, same namespace of pids) ─▶ at once: no such process, or another start
 *   else: another container on the same volume, another machine ──────────────────▶ when its file has not been written for a while
 *
 * A holder writes its file anew every few seconds. Pids of two containers do not compare, both are 1; and to refuse a stranger's
 * lock for ever would leave a container that was killed, and started again under another name, locked out by itself. Ages are
 * told by the file system alone, so clocks need not agree. A holder that was frozen for longer than others wait has lost the
 * lock: it asks before each write whether it still has it.
 */
import {
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ThroughlineError } from '@throughline/contracts';

/** Where pids mean the same. Null where the system does not tell. */
interface Pids {
  readonly host: string;
  readonly boot: string | null;
  readonly namespace: string | null;
}

/** A pid is used again; a pid and its start are not. */
interface Holder extends Pids {
  readonly pid: number;
  /** Clock ticks since boot, as /proc has it. Null where there is no /proc: the pid has to do. */
  readonly started: string | null;
}

export interface Lock {
  /**
   * To be called before each write.
   *
   * @throws ThroughlineError `log-locked` when this process was silent for so long that another has taken the lock.
   */
  check(): void;
  release(): void;
}

const RELEASED = 'released';
const NAME = /^lock\.(\d+)$/;
const BEAT_MS = 2_000;
/** A lock that has not been written for so long is free to whoever cannot judge its holder by pid. */
const SILENT_MS = 10_000;
/** Since the last beat, nobody can have thought so. */
const SURE_MS = SILENT_MS / 2;
const LOOK_EVERY_MS = 200;

/**
 * Takes the writer's lock of a folder. Waits, ten seconds at most, to see whether a holder elsewhere is alive.
 *
 * @throws ThroughlineError `log-locked`, naming the process, its host where that is another, and the folder.
 */
export async function takeLock(dir: string): Promise<Lock> {
  const claim = join(dir, `claim.${randomUUID()}`);
  const text = JSON.stringify({ ...pidsHere(), pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  writeFileSync(claim, text);
  try {
    for (;;) {
      const highest = highestIn(dir);
      if (highest > 0) await refuseLiving(path(dir, highest), statSync(claim).mtimeMs);
      const mine = highest + 1;
      if (!linked(claim, path(dir, mine))) continue;
      if (highestIn(dir) > mine) {
        rmSync(path(dir, mine), { force: true });
        continue;
      }
      for (const generation of generations(dir)) if (generation < mine) rmSync(path(dir, generation), { force: true });
      return held(dir, mine, text);
    }
  } finally {
    rmSync(claim);
  }
}

function held(dir: string, mine: number, text: string): Lock {
  const file = openSync(path(dir, mine), 'r+');
  const isMine = () => highestIn(dir) === mine;
  let sureAt = performance.now();
  const beat = () => {
    try {
      // The same bytes: whoever reads it meanwhile reads them whole, and a full disk takes them.
      writeSync(file, text, 0);
      if (isMine()) sureAt = performance.now();
    } catch {
      // `check` then looks for itself.
    }
  };
  const beating = setInterval(beat, BEAT_MS).unref();
  return {
    check() {
      if (performance.now() - sureAt < SURE_MS || isMine()) return;
      throw new ThroughlineError('log-locked', `This process was silent too long; another has taken ${dir}.`);
    },
    release() {
      clearInterval(beating);
      closeSync(file);
      if (isMine()) writeFileSync(path(dir, mine), RELEASED);
    },
  };
}

const path = (dir: string, generation: number) => join(dir, `lock.${generation}`);

function generations(dir: string): number[] {
  return readdirSync(dir).flatMap((name) => Number(NAME.exec(name)?.[1] ?? []));
}

/** 0 when there is none. */
function highestIn(dir: string): number {
  return Math.max(0, ...generations(dir));
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

/** @param now What the file system's clock says, in epoch milliseconds. */
async function refuseLiving(file: string, now: number): Promise<void> {
  const holder = holderIn(file);
  if (holder === undefined) return;
  const { pid, host, started, ...pids } = holder;
  const here = pidsHere();
  if (host === here.host && pids.boot === here.boot && pids.namespace === here.namespace) {
    if (isAlive(pid) && startOf(pid) === started) throw lockedBy(`Process ${pid}`, file);
  } else if (await isWritten(file, now)) {
    if (holderIn(file)) throw lockedBy(`Process ${pid} of host ${host}, which is alive,`, file);
  }
}

function lockedBy(holder: string, file: string): ThroughlineError {
  return new ThroughlineError('log-locked', `${holder} holds ${dirname(file)}.`);
}

/** Whether somebody writes to a file, before it has been left alone for so long that its holder must be gone. */
async function isWritten(file: string, now: number): Promise<boolean> {
  const first = writtenAt(file);
  if (first === undefined) return false;
  const until = performance.now() + Math.min(SILENT_MS, SILENT_MS - (now - first));
  while (performance.now() < until) {
    await sleep(LOOK_EVERY_MS);
    if (writtenAt(file) !== first) return true;
  }
  return false;
}

/** Undefined for a lock that nobody holds. */
function holderIn(file: string): Holder | undefined {
  const text = readIfThere(file);
  return text === undefined || text === RELEASED || text === '' ? undefined : (JSON.parse(text) as Holder);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pidsHere(): Pids {
  return {
    host: hostname(),
    boot: readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
    namespace: ifThere(() => readlinkSync('/proc/self/ns/pid')) ?? null,
  };
}

function startOf(pid: number): string | null {
  // The process's name, in parentheses, may hold anything; what follows it is numbers. The start is the 22nd field.
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function readIfThere(file: string): string | undefined {
  return ifThere(() => readFileSync(file, 'utf8'));
}

function writtenAt(file: string): number | undefined {
  return ifThere(() => statSync(file).mtimeMs);
}

function ifThere<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
