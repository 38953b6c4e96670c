import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openChangePublisher } from '@throughline/changes';
import type { CustomerChange, Position } from '@throughline/contracts';
import { EmbeddedViewStore, openViewReader } from '@throughline/read-model';
import kafkajs from 'kafkajs';
import { canTest, missingKafka, startKafka, type Engine } from '../../../infra/engines/index.mjs';
import { Bell, relayChanges, versionOf } from '../src/index.ts';
import { count } from './count.mjs';
import { fill } from './fill.ts';
import { inFolder } from './run.ts';

const SCRIPT = fileURLToPath(new URL('./tells.mjs', import.meta.url));
const PARTITIONS = 3;
const describeWithKafka = canTest('changes out', missingKafka()) ? describe : describe.skip;

/** What is told of each customer, in the order of its partition. */
async function read(broker: string, topic: string): Promise<Map<string, CustomerChange[]>> {
  const kafka = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  let left = ends.reduce((sum, { high }) => sum + Number(high), 0);
  const told = new Map<string, CustomerChange[]>();
  const consumer = kafka.consumer({ groupId: `read-${topic}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve) => {
    void consumer.run({
      async eachMessage({ message: { key, value } }) {
        const { data, subject } = JSON.parse(String(value)) as { data: CustomerChange; subject: string };
        expect([subject, data.customer]).toEqual([String(key), String(key)]);
        told.set(data.customer, [...(told.get(data.customer) ?? []), data]);
        if (--left === 0) resolve();
      },
    });
  });
  await consumer.disconnect();
  return told;
}

/** As the guide tells channels to: what comes with no greater position than the one known is known already. */
function inStep(changes: readonly CustomerChange[]): CustomerChange[] {
  const taken: CustomerChange[] = [];
  for (const change of changes) if (change.position > (taken.at(-1)?.position ?? '')) taken.push(change);
  return taken;
}

const idOf = ({ customer, version, position }: CustomerChange) => `${customer} ${version} ${position}`;

describeWithKafka('changes out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tells-'));
  let kafka: Engine;
  beforeAll(async () => {
    kafka = await startKafka({ dir: folder, settings: { 'num.partitions': PARTITIONS } });
  });
  afterAll(async () => {
    await kafka.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('are all told, in order, though who tells them is killed again and again around what it publishes', async () => {
    await inFolder(async (dir) => {
      await fill(dir);
      const version = versionOf(count);
      const atRisk = new Set<string>();
      let deaths = 0;
      for (let dies = 1; ; dies++) {
        const args = [SCRIPT, dir, kafka.address, 'killed', String(dies)];
        const child = spawn(process.execPath, args, { stdio: 'inherit' });
        const [code] = (await once(child, 'exit')) as [number | null];
        const store = new EmbeddedViewStore({ dir, projection: 'count', version });
        for (const { change } of await store.waiting(100_000)) atRisk.add(idOf(change));
        await store.close();
        if (code === 0) break;
        expect(code).toBeNull();
        deaths++;
      }
      expect(deaths).toBeGreaterThan(3);
      expect(atRisk.size).toBeGreaterThan(0);

      const told = await read(kafka.address, 'killed');
      const published = new Set([...told.values()].flat().map(idOf));
      expect([...atRisk].filter((id) => !published.has(id))).toEqual([]);
      const shown = await shownBy(dir);
      const stands = new Map<string, object>();
      for (const [customer, changes] of told) {
        const taken = inStep(changes);
        // A customer is new when it was not there: at first, and when it comes back after it was gone.
        taken.forEach(({ what }, i) => expect(what === 'new').toBe(i === 0 || taken[i - 1]!.what === 'gone'));
        if (taken.at(-1)!.what !== 'gone') stands.set(customer, fieldsOf(taken));
        else expect(shown.has(customer)).toBe(false);
      }
      expect(stands).toEqual(shown);
      const gone = [...told.values()].map((changes) => changes.at(-1)!).filter(({ what }) => what === 'gone');
      expect(gone.length).toBeGreaterThan(0);
      for (const { into } of gone) expect(shown.has(into!)).toBe(true);
    });
  });

  test('wait while the broker is away, and are told once it is back', async () => {
    await inFolder(async (dir) => {
      const store = new EmbeddedViewStore({ dir, projection: 'count', version: '1'.repeat(16) });
      const publisher = openChangePublisher({ brokers: [kafka.address], topic: 'restarted', tls: false });
      const bell = new Bell();
      const stop = new AbortController();
      let isFailing = false;
      const relaying = relayChanges({
        store,
        publisher,
        bell,
        signal: stop.signal,
        onRelayed: ({ failed }) => (isFailing = failed === 'changes-unpublished'),
      });
      const customers = Array.from({ length: 12 }, (_, n) => n.toString(16).repeat(32));
      let commits = 0;
      const change = async () => {
        const n = ++commits;
        const finished = customers.map((customer) => ({
          customer,
          cells: [],
          indexes: [{ field: 'n', value: n }],
          nextChange: undefined,
        }));
        await store.commit({
          checkpoint: { position: n.toString(16).padStart(16, '0') as Position, day: 1, ticked: true },
          settled: true,
          contributions: new Map(finished.map((one) => [one.customer, one])),
          tells: { into: new Map() },
        });
        bell.ring();
        await new Promise((resolve) => setTimeout(resolve, 2));
      };
      for (let i = 0; i < 100; i++) await change();
      await kafka.kill();
      while (!isFailing) await change();
      expect(await store.waitingCount()).toBeGreaterThan(0);
      kafka = await startKafka({ dir: folder, port: kafka.port, settings: { 'num.partitions': PARTITIONS } });
      for (let i = 0; i < 100; i++) await change();
      while ((await store.waitingCount()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      stop.abort();
      await relaying;
      await publisher.close();
      await store.close();

      const told = await read(kafka.address, 'restarted');
      expect([...told.keys()].sort()).toEqual(customers);
      const expected = Array.from({ length: commits }, (_, i) => i + 1);
      for (const changes of told.values()) expect(inStep(changes).map(({ fields }) => fields['n'])).toEqual(expected);
    });
  });
});

/** The fields of each customer that the view shows. */
async function shownBy(dir: string): Promise<Map<string, object>> {
  const view = openViewReader({ dir, projection: 'count' });
  const entries = await view.scan({ field: 'n', limit: 100_000 });
  const customers = entries.map(({ customer }) => customer);
  const values = await view.values(customers, ['n', 'sum']);
  await view.close();
  return new Map(customers.map((customer, i) => [customer, { n: values[i]![0], sum: values[i]![1] }]));
}

/** What a channel knows that has taken all changes. */
function fieldsOf(changes: readonly CustomerChange[]): object {
  const fields: Record<string, unknown> = {};
  for (const { what, fields: changed } of changes) {
    if (what !== 'changed') for (const field of Object.keys(fields)) delete fields[field];
    for (const [field, value] of Object.entries(changed)) {
      if (value === null) delete fields[field];
      else fields[field] = value;
    }
  }
  return fields;
}
