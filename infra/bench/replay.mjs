/**
 * Replay against its limit, in one run: what one core, and two, can read of a log and parse, folding nothing. Every projection is built from the log's
 * beginning with one worker and with two, or with `workers` only, and cem at a fifth and two fifths of the same log, to see whether time grows with
 * events alone. Where the time goes is told of a build of each to a fifth of the log, by a profile: building is slower then, so it is not timed.
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
import { whereTimeGoes } from './replay-where.mjs';

const BUILD = fileURLToPath(new URL('./replay-build.mjs', import.meta.url));
const PROJECTIONS = ['crm', 'cem', 'balance'];
/** Built to several places of the log. */
const LINEAR = 'cem';
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

/** @param flags Of the process that builds. */
async function build(folder, task, flags = []) {
  const { projection, workers } = task;
  console.error(`Building ${projection}, ${inWords(workers)}…`);
  const views = await mkdtemp(join(folder, 'views-'));
  try {
    const args = [...flags, BUILD, JSON.stringify({ folder, views, ...task })];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout);
  } finally {
    await rm(views, { recursive: true });
  }
}

/** How long the threads of a build are at each part of the work. */
async function where(folder, task) {
  const profiles = await mkdtemp(join(folder, 'profiles-'));
  await build(folder, task, ['--cpu-prof', '--cpu-prof-dir', profiles]);
  return whereTimeGoes(profiles);
}

/** @param workers How many workers build; absent: one, then two. */
export async function benchReplay({ quick, touchpoints = quick ? 100_000 : 5_000_000, workers: only }) {
  const crews = only === undefined ? [1, 2] : [only];
  const most = crews.at(-1);
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-replay-'));
  try {
    const counts = [touchpoints / 5, (2 * touchpoints) / 5, touchpoints];
    console.error(`Filling a log with ${touchpoints.toLocaleString('en')} touchpoints…`);
    const places = await fill(folder, { counts, customers: Math.ceil(touchpoints / 10) });
    const [first] = places;
    const whole = places.at(-1);
    const limits = {};
    for (const workers of crews) limits[workers] = await limit(folder, whole.upTo, workers);
    const rows = [];
    const seconds = Object.fromEntries(crews.map((workers) => [workers, 0]));
    const linear = new Map();
    let memory = 0;
    for (const projection of PROJECTIONS) {
      for (const workers of crews) {
        const { upTo } = whole;
        const built = await build(folder, { projection, workers, upTo });
        seconds[workers] += built.seconds;
        memory = Math.max(memory, built.own);
        if (projection === LINEAR && workers === most) linear.set(whole, built.seconds);
        rows.push({
          what: `${projection}, ${inWords(workers)}, ${built.customers.toLocaleString('en')} customers; ${stagesOf(built)}`,
          value: perSecond(whole.touchpoints, built.seconds),
          limit: perSecond(whole.touchpoints, limits[workers]),
          unit: 'touchpoints/s',
        });
      }
    }
    for (const workers of crews) {
      const ratio = limits[workers] / seconds[workers];
      rows.push({
        what: `all three, one after the other, ${inWords(workers)}`,
        value: perSecond(whole.touchpoints, seconds[workers]),
        limit: perSecond(whole.touchpoints, limits[workers]),
        unit: 'touchpoints/s',
        aim: '≥ 0.5',
        ok: ratio >= 0.5,
      });
    }
    if (crews.length > 1) {
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
    }
    rows.push({
      what: 'memory of its own, at most',
      value: memory / MIB,
      unit: 'MB',
      aim: '≤ 1,536',
      ok: memory <= MOST_MEMORY,
    });
    for (const place of places) {
      const { touchpoints: n, upTo } = place;
      const task = { projection: LINEAR, workers: most, upTo };
      const took = linear.get(place) ?? (await build(folder, task)).seconds;
      rows.push({
        what: `${LINEAR}, ${inWords(most)}, ${n.toLocaleString('en')} touchpoints`,
        value: (took / n) * 1e6,
        unit: 'µs each',
      });
    }
    const builds = [];
    for (const projection of PROJECTIONS) {
      const spent = await where(folder, { projection, workers: most, upTo: first.upTo });
      builds.push({ projection, touchpoints: first.touchpoints, spent });
    }
    return { rows, builds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function inWords(workers) {
  return `${workers} worker${workers > 1 ? 's' : ''}`;
}

/** When each stage began. */
function stagesOf({ stages, seconds }) {
  const names = Object.keys(stages);
  return names
    .map((name, i) => `${name} ${((stages[names[i + 1]] ?? seconds) - stages[name]).toFixed(1)} s`)
    .join(', ');
}
