/**
 * `npm run bench`: what Throughline does in a second, beside what this machine could do at best, in one run.
 *   --json   for machines      --quick   a small one, to see that it works      --only log|platform
 *   replay      the building of versions from a log’s beginning instead: `npm run bench -- replay [--touchpoints 5000000] [--workers 2]`
 *   --engines   services apart on Kafka, EventStoreDB’s protocol and Redis, instead: takes some fifteen minutes
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchEngines } from './engines.mjs';
import { benchLog } from './log.mjs';
import { render } from './measure.mjs';
import { renderMemory } from './memory.mjs';
import { benchPlatform } from './platform.mjs';
import { renderWhere } from './replay-where.mjs';
import { benchReplay } from './replay.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    engines: { type: 'boolean' },
    touchpoints: { type: 'string' },
    workers: { type: 'string' },
  },
});
const PARTS = positionals.includes('replay')
  ? { replay: benchReplay }
  : values.engines
    ? { engines: benchEngines }
    : { log: benchLog, platform: benchPlatform };

const results = [];
const memory = [];
const builds = [];
for (const [name, run] of Object.entries(PARTS)) {
  if (values.only && values.only !== name) continue;
  if (!values.json) console.error(`Measuring: ${name}…`);
  const measured = await run({
    quick: values.quick === true,
    ...(values.touchpoints && { touchpoints: Number(values.touchpoints) }),
    ...(values.workers && { workers: Number(values.workers) }),
  });
  results.push(...measured.rows);
  if (measured.memory) memory.push(measured.memory);
  if (measured.builds) builds.push(...measured.builds);
}

const machine = { node: process.version, cpu: cpus()[0].model, cores: cpus().length };
if (values.json) console.log(JSON.stringify({ machine, results, memory, builds }, null, 2));
else
  console.log(
    `${[render(results), ...memory.map(renderMemory), ...(builds.length > 0 ? [renderWhere(builds)] : [])].join('\n')}\nNode ${machine.node}, ${machine.cores} × ${machine.cpu}`,
  );
