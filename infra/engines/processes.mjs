/** Starting and stopping a server of this machine, and knowing that it is the one that was started. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOPBACK = '127.0.0.1';
const LOOK_AGAIN_MS = 50;
/** A slow machine that starts everything at once is patient. */
const PATIENCE_MS = 90_000;
/** How long a server may take over a clean stop. */
const GRACE_MS = 15_000;

/**
 * Starts a server and waits until it answers.
 *
 * @param {object} what
 * @param {string} what.name
 * @param {string[]} what.command
 * @param {string} what.log File that its output is added to.
 * @param {() => Promise<boolean>} what.answers Whether it can be used; a failed connection counts as no.
 * @param {boolean} what.outlives Whether it goes on when this process ends. Otherwise it is killed with it, where the system can.
 * @param {(pid: number) => void} [what.onPid] Told before it answers, so that an interrupted start can be undone.
 */
export async function launch({ name, command, log, answers, outlives, onPid }) {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const [file, ...args] = outlives ? command : [...leash(), ...command];
  const child = spawn(file, args, { detached: outlives, stdio: ['ignore', output, output] });
  closeSync(output);
  let failed;
  child.once('error', (error) => (failed = error));
  const gone = () => failed !== undefined || child.exitCode !== null || child.signalCode !== null;
  if (child.pid !== undefined) onPid?.(child.pid);

  const patience = performance.now() + PATIENCE_MS;
  while (!(await answers().catch(() => false)) || gone()) {
    if (gone() || performance.now() > patience) {
      child.kill('SIGKILL');
      const why = gone() ? 'ended at once' : `did not answer within ${PATIENCE_MS / 1000} s`;
      throw new Error(`${name} ${why}. The end of ${log}:\n${tail(log)}`);
    }
    await sleep(LOOK_AGAIN_MS);
  }
  if (outlives) child.unref();
  return child.pid;
}

/** Ends a server that this process or an earlier one started: politely, then not. */
export async function end(pid, signal = 'SIGTERM') {
  const started = startOf(pid);
  if (started === undefined) return;
  const isGone = () => startOf(pid) !== started;
  trySignal(pid, signal);
  const patience = performance.now() + GRACE_MS;
  while (!isGone()) {
    if (performance.now() > patience) trySignal(pid, 'SIGKILL');
    await sleep(LOOK_AGAIN_MS);
  }
}

function trySignal(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** When a living process began, as text: a pid is used again, a pid and its start together are not. Undefined for a dead one. */
export function startOf(pid) {
  if (process.platform === 'linux') {
    const stat = readIfThere(`/proc/${pid}/stat`);
    // The process's name, in parentheses, may hold anything; what follows it is one letter and numbers.
    const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    // Dead, and its parent has not asked yet. While it has other threads, they hold its sockets.
    const isZombie = state === 'Z' && Number(fields[16]) <= 1;
    return isZombie ? undefined : fields[18];
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() || undefined : undefined;
}

/** A port of loopback that nobody listens on: the wanted one if it is free. */
export async function freePort(wanted = 0) {
  const server = createServer();
  const listening = (port) =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, LOOPBACK, () => resolve(server.address().port));
    });
  const port = await listening(wanted).catch(() => undefined);
  if (port === undefined) return await freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether a command can be run. */
export function hasCommand(name) {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${name}`));
}

/** How a person installs packages of the system. */
export function installHint(debian, brew) {
  if (process.platform === 'darwin') return `brew install ${brew}`;
  return `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y ${debian}`;
}

/** Linux kills a child with its parent when it is asked to; elsewhere a killed test leaves its server behind. */
export function leash() {
  return process.platform === 'linux' && hasCommand('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
}

function tail(file) {
  return (readIfThere(file) ?? '').trimEnd().split('\n').slice(-12).join('\n');
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
