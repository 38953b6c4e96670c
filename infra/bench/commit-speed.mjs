/**
 * How many rows a second a commit takes in LMDB while a version is built, by one thread and by two that build it together.
 *
 *     node node_modules/typescript/bin/tsc -b && [CUSTOMERS=20000] [SLICE=2000] node infra/bench/commit-speed.mjs
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { EmbeddedViewStore } from '@throughline/read-model';

const CUSTOMERS = Number(process.env.CUSTOMERS ?? 20_000);
const SUBJECTS = Math.max(50_000, CUSTOMERS);
const SLICE = Number(process.env.SLICE ?? 2_000);
const CHECKPOINT = { position: '0000000000000001', day: 20_000, ticked: true };
const VIEW = { projection: 'bench', version: '0'.repeat(16) };

const hash = (text) => createHash('md5').update(text).digest('hex');
const idsOf = (share, count) =>
  Array.from({ length: count }, (_, i) => share.toString(16) + hash(`${share}/${i}`).slice(1)).sort();

/** About 600 bytes in msgpack. */
function subjectRow(id, i) {
  const contacts = Array.from({ length: 12 }, (_, n) => ({
    at: 1_700_000_000_000 + i * 1_000 + n,
    channel: n % 3 ? 'phone' : 'email',
    kind: 'contact',
    seconds: n * 37,
  }));
  return { type: 'email', fragment: { first: 1_700_000_000_000 + i, total: i % 97, note: id, contacts } };
}

function contribution(customer, i) {
  const indexes = Array.from({ length: 12 }, (_, n) => {
    const value =
      n < 7 ? ((i * 7_919 + n * 104_729) % 1_000_003) / 7 : n < 10 ? `segment-${(i + n) % 40}` : (i + n) % 2 === 0;
    return { field: `field${n}`, value };
  });
  const cells = Array.from({ length: 6 }, (_, n) => ({
    metric: `metric${n}`,
    dims: { segment: `s${(i + n) % 30}`, channel: n % 2 ? 'phone' : 'email' },
    values: [1, i % 13],
  }));
  return { customer, cells, indexes, nextChange: i % 3 === 0 ? 20_000 + (i % 200) : undefined };
}

async function build(dir, share, token) {
  const store = new EmbeddedViewStore({ dir, ...VIEW, token });
  const seconds = {};
  const cpu = {};
  const timed = async (name, work) => {
    const [begun, used] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(used);
    seconds[name] = (performance.now() - begun) / 1000;
    cpu[name] = (user + system) / 1e6;
  };
  const ids = idsOf(share, SUBJECTS);
  const subjects = new Map(ids.map((id, i) => [id, subjectRow(id, i)]));
  await timed('subjects', () => store.commit({ checkpoint: CHECKPOINT, settled: false, subjects, touched: ids }));
  const customers = ids.slice(0, CUSTOMERS);
  const all = new Map(customers.map((id, i) => [id, contribution(id, i)]));
  await timed('contributions', async () => {
    for (let i = 0; i < customers.length; i += SLICE) {
      const slice = customers.slice(i, i + SLICE);
      const contributions = new Map(slice.map((id) => [id, all.get(id)]));
      await store.commit({ checkpoint: CHECKPOINT, settled: false, contributions, finished: slice });
    }
  });
  await store.close();
  return { seconds, cpu };
}

if (isMainThread) {
  for (const threads of [1, 2]) {
    const dir = mkdtempSync(join(tmpdir(), 'commit-speed-'));
    const shares = await Promise.all(
      Array.from({ length: threads }, (_, share) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { dir, share } });
        return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      }),
    );
    const say = (name, count) => {
      const rate = Math.round((count * threads) / Math.max(...shares.map(({ seconds }) => seconds[name])));
      // What the process used while one of its threads was at it: of one thread it is that one's own.
      const cpu = threads === 1 ? `, ${((shares[0].cpu[name] / count) * 1e6).toFixed(1)} µs of CPU each` : '';
      console.log(`${threads} thread(s), ${name}: ${rate}/s${cpu}`);
    };
    say('subjects', SUBJECTS);
    say('contributions', CUSTOMERS);
    rmSync(dir, { recursive: true });
  }
} else {
  const { dir, share } = workerData;
  parentPort.postMessage(await build(dir, share, 1));
}
