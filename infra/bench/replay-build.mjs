/** Builds one version of one projection with threads, and tells how: a process of replay.mjs, so that its memory is its own. Takes its task as JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_COMPANY, versionOf } from '@throughline/contracts';
import { Brake, buildWithThreads, DEFAULT_BUILD_LIMITS } from '@throughline/projection';
import { projectionNamed } from '@throughline/projections';

const { folder, views, projection, workers, upTo } = JSON.parse(process.argv[2]);
const project = projectionNamed(projection);
const stages = {};
const started = performance.now();
let own = 0;
const watching = setInterval(() => {
  const status = readFileSync('/proc/self/status', 'utf8');
  own = Math.max(own, Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0));
}, 100);
const built = await buildWithThreads(project, {
  place: {
    log: { engine: 'embedded', dir: join(folder, 'log') },
    views: { engine: 'embedded', dir: views },
    company: DEFAULT_COMPANY,
    documents: {},
    version: versionOf(project(DEFAULT_COMPANY)),
    parts: 1,
    token: 1,
    upTo,
    brake: new Brake().shared,
    limits: DEFAULT_BUILD_LIMITS,
  },
  script: new URL('../../services/projection/dist/worker.js', import.meta.url),
  workers,
  signal: new AbortController().signal,
  onProgress({ stage }) {
    stages[stage] ??= (performance.now() - started) / 1000;
  },
});
clearInterval(watching);
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, own: own * 1024, stages, customers: built.customers, tally: built.tally }));
