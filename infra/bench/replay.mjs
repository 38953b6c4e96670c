/**
 * Replay against its limit, in one run: what one core, and two, can read of a log and parse, folding nothing. Every projection is built from the log's
 * beginning with one worker and with two, and with two at a fifth and two fifths of the log, to see whether time grows with events alone.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { perSecond, timed } from './measure.mjs';
import { fill } from './replay-fill.mjs';

const BUILD = fileURLToPath(new URL('./replay-build.mjs', import.meta.url));
const PROJECTIONS = ['crm', 'cem', 'balance'];
const MIB = 1024 * 1024;
/** A build may take so much memory of its own. */
const MOST_MEMORY = 1.5 * 1024 * MIB;

/** Seconds that so many threads take to read all and parse each touchpoint once between them. */
async function limit(folder, upTo, threads) {
  const part = (share) =>
    new Promise((resolve, reject) => {
      const workerData = { dir: join(folder, 'log'), upTo, share, of: threads };
      const worker = new Worker(new URL('./replay-limit.mjs', import.meta.url), { workerData });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  const { seconds } = await timed(() => Promise.all(Array.from({ length: threads }, (_, share) => part(share))));
  return seconds;
}

async function build(folder, task) {
  const views = await mkdtemp(join(folder, 'views-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [BUILD, JSON.stringify({ folder, views, ...task })]);
    return JSON.parse(stdout);
  } finally {
    await rm(views, { recursive: true });
  }
}

export async function benchReplay({ quick, touchpoints = quick ? 100_000 : 5_000_000 }) {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-replay-'));
  try {
    const counts = [touchpoints / 5, (2 * touchpoints) / 5, touchpoints];
    const places = await fill(folder, { counts, customers: Math.ceil(touchpoints / 10) });
    const whole = places.at(-1);
    const limits = { 1: await limit(folder, whole.upTo, 1), 2: await limit(folder, whole.upTo, 2) };
    const rows = [];
    const seconds = { 1: 0, 2: 0 };
    let memory = 0;
    for (const projection of PROJECTIONS) {
      for (const workers of [1, 2]) {
        const { upTo } = whole;
        const built = await build(folder, { projection, workers, upTo });
        seconds[workers] += built.seconds;
        memory = Math.max(memory, built.own);
        rows.push({
          what: `${projection}, ${workers} worker${workers > 1 ? 's' : ''}, ${built.customers.toLocaleString('en')} customers; ${stagesOf(built)}`,
          value: perSecond(whole.touchpoints, built.seconds),
          limit: perSecond(whole.touchpoints, limits[workers]),
          unit: 'touchpoints/s',
        });
      }
    }
    for (const workers of [1, 2]) {
      const ratio = limits[workers] / seconds[workers];
      rows.push({
        what: `all three, one after the other, ${workers} worker${workers > 1 ? 's' : ''}`,
        value: perSecond(whole.touchpoints, seconds[workers]),
        limit: perSecond(whole.touchpoints, limits[workers]),
        unit: 'touchpoints/s',
        aim: '≥ 0.5',
        ok: ratio >= 0.5,
      });
    }
    const scaling = seconds[1] / seconds[2];
    const scalingOfLimit = limits[1] / limits[2];
    rows.push({
      what: 'from one worker to two',
      value: scaling,
      limit: scalingOfLimit,
      unit: '×',
      aim: '≥ 0.9',
      ok: scaling / scalingOfLimit >= 0.9,
    });
    rows.push({
      what: 'memory of its own, at most',
      value: memory / MIB,
      unit: 'MB',
      aim: '≤ 1,536',
      ok: memory <= MOST_MEMORY,
    });
    for (const { touchpoints: n, upTo } of places) {
      const { seconds } = await build(folder, { projection: 'cem', workers: 2, upTo });
      rows.push({
        what: `cem, 2 workers, ${n.toLocaleString('en')} touchpoints`,
        value: (seconds / n) * 1e6,
        unit: 'µs each',
      });
    }
    return { rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** When each stage began. */
function stagesOf({ stages, seconds }) {
  const names = Object.keys(stages);
  return names
    .map((name, i) => `${name} ${((stages[names[i + 1]] ?? seconds) - stages[name]).toFixed(1)} s`)
    .join(', ');
}
