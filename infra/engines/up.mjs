/**
 * `npm run infra:up [-- --only kafka,redis] [--json]`: starts real engines on this machine, on loopback, and leaves them running.
 * What runs already is left as it is. A part that cannot be started is told; the others start.
 */
import { join } from 'node:path';
import Table from 'cli-table3';
import { chosen, PARTS } from './parts.mjs';
import { STATE } from './places.mjs';
import { end, freePort } from './processes.mjs';
import { isRunning, remember, remembered } from './state.mjs';

const args = process.argv.slice(2);
const names = chosen(args);

/** Ctrl-C leaves nothing half started: what this run has started is ended again. */
let interrupted = false;
const started = [];
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    interrupted = true;
    void Promise.all(started.map((pid) => end(pid))).then(() => process.exit(130));
  });
}

const results = await Promise.all(names.map(bring));
if (!interrupted) {
  if (args.includes('--json'))
    console.log(JSON.stringify(Object.fromEntries(results.map((part) => [part.name, told(part)]))));
  else show(results);
  process.exitCode = results.every(({ address }) => address) ? 0 : 1;
}

async function bring(name) {
  const { title, variable, missing, start, port: usual } = PARTS[name];
  const before = remembered()[name];
  if (isRunning(before))
    return { name, title, variable, address: before.address, pid: before.pid, note: 'was running' };
  const lacking = missing();
  if (lacking) return { name, title, variable, note: lacking };
  try {
    const port = await freePort(before?.port ?? usual);
    const engine = await start({ dir: join(STATE, name), port, outlives: true, onPid: (pid) => started.push(pid) });
    remember(name, engine);
    return { name, title, variable, address: engine.address, pid: engine.pid, note: 'started' };
  } catch (error) {
    return { name, title, variable, note: error.message };
  }
}

function told({ address, pid, variable, note }) {
  return { ...(address ? { address, pid } : {}), variable, note };
}

function show(parts) {
  const table = new Table({
    head: ['engine', 'address', 'process', ''],
    style: { head: [], border: [], compact: true },
  });
  for (const { title, address, pid, note } of parts) if (address) table.push([title, address, pid, note]);
  if (table.length > 0) console.log(table.toString());
  for (const { title, address, note } of parts) if (!address) console.log(`Not started: ${title}. ${note}`);
  const exports = parts.flatMap(({ variable, address }) => (address ? [`${variable}='${address}'`] : []));
  if (exports.length > 0)
    console.log(`\nexport ${exports.join(' ')}\n\nData and logs: ${STATE}. To stop them: npm run infra:down`);
}
