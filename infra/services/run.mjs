/**
 * `npm run services`: every service as a process of its own, on the engines of `npm run infra:up` or of the environment, until Ctrl-C.
 * `npm run services -- crm-projection=2 ingestion=3` runs several replicas of some.
 */
import { enginesOf } from './engines-of.mjs';
import { startFleet } from './fleet.mjs';
import { replicasIn } from './replicas.mjs';
import { SERVICES } from './table.mjs';

const replicas = replicasIn(process.argv.slice(2));
if (typeof replicas === 'string') {
  console.error(replicas);
  process.exit(2);
}
const engines = enginesOf(process.env);
if (!engines.EVENTSTORE_URL) {
  console.error(
    'Services that run apart need a log that they can share. First: npm run infra:up (or set EVENTSTORE_URL)',
  );
  process.exit(1);
}
for (const [variable, without] of [
  ['KAFKA_BROKERS', 'Touchpoints come in over HTTP alone'],
  ['REDIS_URL', 'Views are kept on this machine'],
]) {
  if (!engines[variable]) console.log(`${variable} is not set. ${without}.`);
}

const width = Math.max(...SERVICES.map(({ name }) => name.length));
const say = (name, text) => console.log(`${name.padEnd(width)} │ ${text}`);
const fleet = await startFleet({ env: engines, replicas, onLine: say, onEvent: say });
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void fleet.stop().then(() => process.exit(0));
  });
}
await fleet.ready();
if (!stopping)
  console.log(`\nThroughline serves at ${fleet.url}, its reference at ${fleet.url}/docs. Ctrl-C ends it.\n`);
