/** The platform as its users meet it: a process of its own, spoken to over HTTP from this one. Both share the machine's cores. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { simulateLines } from '@throughline/simulator';
import { memoryOf } from './memory.mjs';
import { percentile, perSecond, timed } from './measure.mjs';

const CLI = fileURLToPath(new URL('../../services/cli/bin/throughline.js', import.meta.url));
const PORT = Number(process.env['BENCH_PORT'] ?? 4699);
const UNTIL = Date.UTC(2026, 0, 1);
/** Enough connections that no request waits for another's answer: what is measured is the platform, not a queue in here. */
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: PORT, agent, method, path }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode >= 300)
          reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`));
        else resolve(JSON.parse(text));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function startPlatform(data) {
  const child = spawn(process.execPath, [CLI, 'start', '--port', String(PORT), '--data', data], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'warn' },
  });
  for (let tries = 0; tries < 200; tries++) {
    await sleep(50);
    if (child.exitCode !== null) throw new Error('the platform ended before it was ready');
    try {
      await call('GET', '/health/ready');
      return child;
    } catch {
      // Not yet.
    }
  }
  throw new Error('the platform did not get ready in 10 s');
}

/** For each part `count` bodies of `size` lines, out of one simulation, made beforehand so that only their sending is measured. */
function bodies(customers, parts) {
  const lines = simulateLines({ customers, days: 100_000, seed: 1, until: UNTIL })[Symbol.iterator]();
  const take = (size) => Buffer.from(Array.from({ length: size }, () => lines.next().value).join('\n'));
  return parts.map(({ count, size }) => Array.from({ length: count }, () => take(size)));
}

/** Posts all bodies, a few at a time; the latest position and how many were accepted. */
async function post(all, concurrency) {
  let next = 0;
  let accepted = 0;
  let position = '';
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < all.length) {
        const answer = await call('POST', '/touchpoints', all[next++]);
        accepted += answer.accepted;
        if (answer.quarantined.length > 0) throw new Error(`quarantined: ${JSON.stringify(answer.quarantined[0])}`);
        if (answer.position > position) position = answer.position;
      }
    }),
  );
  return { accepted, position };
}

async function visible(position) {
  for (;;) {
    try {
      return await call('GET', `/customers?limit=1&after=${position}&timeout=60000`);
    } catch (error) {
      if (!String(error).includes('503')) throw error;
    }
  }
}

/** A steady load of small posts; calls `each` with every answer. */
async function steady(all, everyMs, each) {
  const started = performance.now();
  const pending = [];
  for (let i = 0; i < all.length; i++) {
    const wait = started + i * everyMs - performance.now();
    if (wait > 0) await sleep(wait);
    pending.push(call('POST', '/touchpoints', all[i]).then((answer) => each(answer, i)));
  }
  await Promise.all(pending);
}

function memory(child, when) {
  const { own, files } = memoryOf(child.pid);
  return [
    { what: `memory of the platform's own, ${when}`, value: own, unit: 'MB' },
    { what: `files it has mapped in memory, ${when}`, value: files, unit: 'MB' },
  ];
}

async function queries(ids, count) {
  const took = [];
  for (let i = 0; i < count; i++) {
    const { seconds } = await timed(() => call('GET', `/customers/${ids[(i * 7919) % ids.length]}`));
    took.push(seconds * 1000);
  }
  return took;
}

/** Touchpoints a second that one core can only parse and write again, doing nothing else: no intake is faster on it. */
async function parseLimit(all) {
  const lines = all.flatMap((body) => body.toString().split('\n'));
  const { seconds } = await timed(() => {
    for (const line of lines) JSON.stringify(JSON.parse(line));
  });
  return perSecond(lines.length, seconds);
}

/**
 * 1,000 touchpoints a second, 10 each 10 ms: the same people go on. Every fifth answer is followed until its touchpoints are visible, and
 * customers are asked for meanwhile. What happens while the code warms up to this load is not counted.
 */
async function loaded(trickle, warmUp, ids) {
  const lags = [];
  const took = [];
  let isWarm = false;
  let isOver = false;
  const asking = (async () => {
    for (let i = 0; !isOver; i++) {
      const { seconds } = await timed(() => call('GET', `/customers/${ids[(i * 104729) % ids.length]}`));
      if (isWarm) took.push(seconds * 1000);
      await sleep(5);
    }
  })();
  const following = [];
  const follow = ({ position: accepted }, i) => {
    if (!isWarm || i % 5 !== 0) return;
    const seen = timed(() => visible(accepted));
    following.push(seen.then(({ seconds }) => lags.push(seconds * 1000)));
  };
  await steady(trickle.slice(0, warmUp), 10, follow);
  isWarm = true;
  await steady(trickle.slice(warmUp), 10, follow);
  await Promise.all(following);
  isOver = true;
  await asking;
  return { lags, took };
}

export async function benchPlatform({ quick }) {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-'));
  const data = join(folder, 'data');
  const rows = [];
  const child = await startPlatform(data);
  try {
    const people = quick ? 20_000 : 250_000;
    const warmUp = quick ? 200 : 500;
    const [load, trickle, besides] = bodies(people, [
      { count: quick ? 60 : 1000, size: 1000 },
      { count: warmUp + (quick ? 500 : 3000), size: 10 },
      { count: warmUp + (quick ? 500 : 3000), size: 10 },
    ]);
    const limit = await parseLimit(load.slice(0, 20));
    await post(load.slice(0, 20), 4);

    const main = load.slice(20);
    let position;
    const all = await timed(async () => {
      const durable = await timed(() => post(main, 4));
      position = durable.result.position;
      rows.push({
        what: `HTTP NDJSON to durable, ${durable.result.accepted.toLocaleString('en')} touchpoints`,
        value: perSecond(durable.result.accepted, durable.seconds),
        limit,
        unit: 'touchpoints/s',
        aim: '≥ 40,000',
        ok: durable.result.accepted / durable.seconds >= 40_000,
      });
      await visible(position);
      return durable.result.accepted;
    });
    const rate = perSecond(all.result, all.seconds);
    rows.push({
      what: 'HTTP NDJSON to visible in all views',
      value: rate,
      limit,
      unit: 'touchpoints/s',
      aim: '≥ 10,000',
      ok: rate >= 10_000,
    });
    rows.push(...memory(child, 'after it'));

    const page = await call('GET', `/customers?limit=200&after=${position}`);
    const customers = page.total;
    const ids = page.items.map((item) => item.id);
    for (let next = page.next; next && ids.length < 5_000;) {
      const more = await call('GET', `/customers?limit=200&cursor=${encodeURIComponent(next)}`);
      ids.push(...more.items.map((item) => item.id));
      next = more.next;
    }
    const idle = await queries(ids, quick ? 500 : 5000);
    const label = `a customer of ${customers.toLocaleString('en')}`;
    rows.push({ what: `${label}, idle, p50`, value: percentile(idle, 50), unit: 'ms' });
    rows.push({
      what: `${label}, idle, p99`,
      value: percentile(idle, 99),
      unit: 'ms',
      aim: '≤ 5',
      ok: percentile(idle, 99) <= 5,
    });

    const { lags, took: underLoad } = await loaded(trickle, warmUp, ids);
    rows.push({ what: 'accepted to visible at 1,000/s, p50', value: percentile(lags, 50), unit: 'ms' });
    rows.push({
      what: 'accepted to visible at 1,000/s, p99',
      value: percentile(lags, 99),
      unit: 'ms',
      aim: '≤ 30',
      ok: percentile(lags, 99) <= 30,
    });
    rows.push({ what: `${label}, under that load, p50`, value: percentile(underLoad, 50), unit: 'ms' });
    rows.push({
      what: `${label}, under that load, p99`,
      value: percentile(underLoad, 99),
      unit: 'ms',
      aim: '≤ 5',
      ok: percentile(underLoad, 99) <= 5,
    });
    await call('POST', '/projections/cem/replays', JSON.stringify({ author: 'bench', workers: 1 }));
    const beside = await loaded(besides, warmUp, ids);
    const [without, during] = [lags, beside.lags].map((all) => percentile(all, 99));
    rows.push({
      what: 'accepted to visible at 1,000/s while cem is built again by one worker, p99',
      value: during,
      unit: 'ms',
      aim: `≤ 2 × ${without.toFixed(0)}`,
      ok: during <= 2 * without,
    });
    rows.push(...memory(child, 'at the end'));
    return { rows };
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}
