import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openChangePublisher } from '@throughline/changes';
import { type CustomerChange, type Position, versionOf } from '@throughline/contracts';
import { EmbeddedViewStore, openViewReader } from '@throughline/read-model';
import { canTest, missingKafka, startKafka, type Engine } from '../../../infra/engines/index.mjs';
import { newsOf, readChanges } from '../../changes/test/support/channel.ts';
import { Bell, relayChanges } from '../src/index.ts';
import { count } from './count.mjs';
import { fill } from './fill.ts';
import { inFolder } from './run.ts';

const SCRIPT = fileURLToPath(new URL('./tells.mjs', import.meta.url));
const PARTITIONS = 3;
const describeWithKafka = canTest('changes out', missingKafka()) ? describe : describe.skip;

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

      const told = await readChanges(kafka.address, 'killed');
      const published = new Set(told.map(idOf));
      // Told twice, since whoever had told it did not live to say so.
      expect(told.length).toBeGreaterThan(published.size);
      expect([...atRisk].filter((id) => !published.has(id))).toEqual([]);
      const shown = await shownBy(dir);
      const stands = new Map<string, object>();
      for (const news of newsOf(told).values()) {
        // A customer is new when it was not there: at first, and when it comes back after it was gone.
        news.forEach(({ what }, i) => expect(what === 'new').toBe(i === 0 || news[i - 1]!.what === 'gone'));
        const { what, customer, fields } = news.at(-1)!;
        if (what !== 'gone') stands.set(customer, fields);
      }
      expect(stands).toEqual(shown);
      const gone = [...newsOf(told).values()].map((news) => news.at(-1)!).filter(({ what }) => what === 'gone');
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

      const news = [...newsOf(await readChanges(kafka.address, 'restarted')).values()];
      expect(news.map((changes) => changes[0]!.customer).sort()).toEqual(customers);
      const expected = Array.from({ length: commits }, (_, i) => i + 1);
      for (const changes of news) expect(changes.map(({ fields }) => fields['n'])).toEqual(expected);
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
