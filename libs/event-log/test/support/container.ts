/** A process as it would be in a container: number 1 of pids of its own, on a host of its own name. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const APART = ['--user', '--map-root-user', '--pid', '--fork', '--uts', '--mount-proc'];

export interface Contained {
  readonly child: ChildProcess;
  /** Sends a signal to all of it. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

/** Why there can be none here, in one line; undefined where there can. */
export function missingContainers(): string | undefined {
  const { status } = spawnSync('unshare', [...APART, 'hostname', 'tried']);
  return status === 0 ? undefined : 'This system lets nobody make namespaces of pids (unshare --user --pid)';
}

/** Starts a script of this folder, with an IPC channel. */
export function startContained(host: string, script: string, args: readonly string[]): Contained {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const command = 'hostname "$0"; exec "$@"';
  const child = spawn('unshare', [...APART, 'sh', '-c', command, host, process.execPath, path, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A group of its own, so that what it forks gets its signals too.
    detached: true,
  });
  return { child, signal: (name) => void process.kill(-child.pid!, name) };
}
