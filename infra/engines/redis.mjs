/** A Redis of the system's packages, with append-only persistence. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { redisAnswers } from './ask.mjs';
import { end, freePort, hasCommand, installHint, launch } from './processes.mjs';

/** One line that says what is missing and which command installs it; undefined when nothing is. */
export function missingRedis() {
  if (hasCommand('redis-server')) return undefined;
  return `Redis is not installed: ${installHint('redis-server', 'redis')}`;
}

/**
 * Starts a Redis on loopback, on what `dir` holds from before.
 *
 * @param {{ dir: string, port?: number, outlives?: boolean, onPid?: (pid: number) => void, settings?: Record<string, string | number> }} where
 *   `settings` are added to its configuration, or replace what it says.
 */
export async function startRedis({ dir, port: wanted, outlives = false, onPid, settings = {} }) {
  const missing = missingRedis();
  if (missing) throw new Error(missing);
  const port = wanted ?? (await freePort());
  const data = join(dir, 'data');
  mkdirSync(data, { recursive: true });
  const configuration = { bind: '127.0.0.1', port, dir: data, appendonly: 'yes', save: '', ...settings };
  const pid = await launch({
    name: 'Redis',
    command: [
      'redis-server',
      ...Object.entries(configuration).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    log: join(dir, 'redis.log'),
    answers: () => redisAnswers(port),
    outlives,
    onPid,
  });
  return {
    address: `redis://127.0.0.1:${port}`,
    port,
    pid,
    stop: () => end(pid),
    kill: () => end(pid, 'SIGKILL'),
  };
}
