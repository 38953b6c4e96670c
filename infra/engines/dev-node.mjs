/** The development node: EventStoreDB's protocol over the embedded log, from this checkout's build. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eventStoreAnswers } from './ask.mjs';
import { ROOT } from './places.mjs';
import { end, freePort, launch } from './processes.mjs';

const MAIN = join(ROOT, 'services', 'dev-node', 'dist', 'main.js');

/** One line that says what is missing and which command installs it; undefined when nothing is. */
export function missingDevNode() {
  return existsSync(MAIN) ? undefined : 'The development node is not built: npm run setup';
}

/**
 * Starts a development node on loopback, on what `dir` holds from before.
 *
 * @param {{ dir: string, port?: number, outlives?: boolean, onPid?: (pid: number) => void }} where
 */
export async function startDevNode({ dir, port: wanted, outlives = false, onPid }) {
  const missing = missingDevNode();
  if (missing) throw new Error(missing);
  const port = wanted ?? (await freePort());
  const pid = await launch({
    name: 'The development node',
    command: [process.execPath, MAIN, '--port', String(port), '--data', join(dir, 'data')],
    log: join(dir, 'dev-node.log'),
    answers: () => eventStoreAnswers(port),
    outlives,
    onPid,
  });
  return {
    address: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    pid,
    stop: () => end(pid),
    kill: () => end(pid, 'SIGKILL'),
  };
}
