/**
 * `npm run infra:check`: does it all work together on this machine? Brings the engines that do not run, starts every service
 * against them, publishes touchpoints to Kafka, waits until every view shows them, and stops what it has started.
 * Its last line says how it went; the exit code says so too. Services that run already on the same engines get in its way.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { startFleet } from '../services/fleet.mjs';
import { enginesOf } from '../services/engines-of.mjs';
import { PARTS } from './parts.mjs';

const CUSTOMERS = 20;
const CALLS = 5;
const SECONDS_A_CALL = 120;
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 250;

const folder = mkdtempSync(join(tmpdir(), 'throughline-check-'));
const started = [];
let fleet;
let failure;
try {
  const engines = await bring();
  console.log('Starting the services…');
  fleet = await startFleet({
    env: { ...engines, THROUGHLINE_DATA: join(folder, 'data'), LOG_LEVEL: 'warn' },
    onLine: (name, line) => console.log(`  ${name}: ${line}`),
    onEvent: (name, what) => console.log(`  ${name} ${what}`),
  });
  await fleet.ready(PATIENCE_MS);
  const run = `check-${Date.now()}`;
  await publish(engines.KAFKA_BROKERS, run);
  console.log(`Published ${CUSTOMERS * CALLS} touchpoints to Kafka. Waiting for the views…`);
  await shown(fleet.url, run);
} catch (error) {
  failure = error;
}
await fleet?.stop();
for (const engine of started.reverse()) await engine.stop();
rmSync(folder, { recursive: true, force: true });
console.log(
  failure
    ? `infra:check failed: ${failure.message}`
    : `infra:check passed: ${CUSTOMERS * CALLS} touchpoints from Kafka are in all views, by way of ${fleet.names.length} services.`,
);
process.exit(failure ? 1 : 0);

/** The engines' variables: of those that run already, and of those started here because they do not. */
async function bring() {
  const engines = enginesOf(process.env);
  const lacking = Object.entries(PARTS).filter(([, { variable }]) => !engines[variable]);
  const missing = lacking.map(([, part]) => part.missing()).filter((line) => line !== undefined);
  if (missing.length > 0) throw new Error(missing.join(' '));
  if (lacking.length > 0) console.log(`Starting ${lacking.map(([, { title }]) => title).join(', ')}…`);
  await Promise.all(
    lacking.map(async ([name, { variable, start }]) => {
      const engine = await start({ dir: join(folder, name) });
      started.push(engine);
      engines[variable] = engine.address;
    }),
  );
  return engines;
}

async function publish(brokers, run) {
  const kafka = new kafkajs.Kafka({ clientId: run, brokers: brokers.split(','), logLevel: kafkajs.logLevel.ERROR });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const messages = [];
  for (let call = 0; call < CALLS; call++) {
    for (let customer = 0; customer < CUSTOMERS; customer++) {
      const touchpoint = {
        specversion: '1.0',
        id: `${run}-${customer}-${call}`,
        source: 'infra-check',
        type: 'call.ended',
        time: new Date(Date.now() - (CALLS - call) * 60_000).toISOString(),
        data: {
          identifiers: [{ type: 'account', value: `${run}-${customer}` }],
          channel: 'phone',
          facts: { waitSeconds: SECONDS_A_CALL - 100, talkSeconds: 100 },
        },
      };
      messages.push({ key: `${run}-${customer}`, value: JSON.stringify(touchpoint) });
    }
  }
  const topic = (process.env.KAFKA_TOPICS ?? 'touchpoints').split(',')[0];
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** Waits until each customer has all calls in crm, all their seconds in cem, and a cell in balance. */
async function shown(url, run) {
  const until = performance.now() + PATIENCE_MS;
  for (let customer = 0; customer < CUSTOMERS; customer++) {
    for (;;) {
      const answer = await fetch(`${url}/customers?identifier=account:${run}-${customer}`);
      const { items } = answer.ok ? await answer.json() : {};
      const fields = items?.[0]?.fields ?? {};
      const isThere =
        fields['crm.calls'] === CALLS &&
        fields['cem.customerSeconds'] === CALLS * SECONDS_A_CALL &&
        fields['balance.cell'] !== undefined;
      if (isThere) break;
      if (performance.now() > until) {
        const what = answer.ok ? JSON.stringify(fields) : `the answer ${answer.status}`;
        throw new Error(`after ${PATIENCE_MS / 1000} s a customer's views show ${what}.`);
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }
}
