/** A replay where every service is a process of its own: on EventStoreDB's protocol, Kafka and Redis, in shards that replicas share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IdentityDiff, VersionDiff } from '@throughline/contracts';
import { DEFAULT_RULES } from '@throughline/identity';
import { simulate } from '@throughline/simulator';
import { Apart, canRunFleet, type Message } from './fleet-kit.ts';
import { expectViewsToBeAFreshFold } from './fresh-fold.ts';
import { CHECKOUT, type Json } from './kit.ts';

jest.setTimeout(900_000);

const TOUCHPOINTS = 4_000;
const ASKED = { author: 'ada@example.com', reason: 'a test' };
const SCORE_V2 = JSON.parse(readFileSync(join(CHECKOUT, 'examples/definitions/score-v2.json'), 'utf8')) as Json;

/** Who is seen with one other person's key already is evidence of no further one. */
const NOBODY_SHARES = {
  ...DEFAULT_RULES,
  version: 2,
  types: Object.fromEntries(
    Object.entries(DEFAULT_RULES.types).map(([name, rule]) => [
      name,
      rule.kind === 'person' ? { ...rule, maxNeighbours: { person: 1 } } : rule,
    ]),
  ),
};

interface CustomerTold {
  readonly id: string;
  readonly keys: readonly { readonly key: string }[];
  readonly crm: { readonly touchpoints: object };
}

function messages(from: number, count: number): Message[] {
  const all: Message[] = [];
  for (const touchpoint of simulate({ customers: 300, days: 100, seed: 5, until: Date.UTC(2026, 9, 1) })) {
    const [first] = touchpoint.data.identifiers ?? [];
    const key = first ? `${first.type}:${first.value}` : touchpoint.id;
    all.push({ key, value: JSON.stringify(touchpoint) });
    if (all.length === from + count) break;
  }
  return all.slice(from);
}

const suite = canRunFleet('replays with services apart') ? describe : describe.skip;

suite('A replay with services apart, in two shards', () => {
  const apart = new Apart();
  let replay = '';

  const post = <T = Json>(path: string, body: object) => apart.post<T>(path, { ...ASKED, ...body });
  const stateOf = async (id: string) => (await apart.get<{ state: string }>(`/projections/cem/replays/${id}`)).state;
  const liveVersion = async () => {
    const { items } = await apart.get<{ items: { name: string; version: string }[] }>('/projections');
    return items.find(({ name }) => name === 'cem')!.version;
  };
  const compared = async (id: string): Promise<VersionDiff> => {
    await post(`/projections/cem/replays/${id}/diffs`, {});
    let diff: { state?: string; failed?: string; report?: VersionDiff } = {};
    await apart.until(async () => {
      diff = await apart.get(`/projections/cem/replays/${id}/diff`, { wait: '30' });
      return diff.state !== 'comparing';
    });
    if (diff.report) return diff.report;
    const { events } = await apart.get<{ events: Json[] }>('/projections/cem/versions');
    throw new Error(`It was not compared: ${JSON.stringify(events.at(-1))}\n${apart.said}`);
  };

  beforeAll(async () => {
    await apart.start({ 'cem-projection': 2, identity: 2 }, { THROUGHLINE_SHARDS: '2' });
    await apart.publish(messages(0, TOUCHPOINTS));
    await apart.settled();
  });
  afterAll(() => apart.stop());

  test('is built beside the live version, though both replicas are killed on the way', async () => {
    ({ replay } = await post<{ replay: string }>('/projections/cem/replays', { documents: { score: SCORE_V2 } }));
    await apart.killService('cem-projection');
    await apart.killService('cem-projection-2');
    await apart.ready();
    await apart.until(async () => (await stateOf(replay)) === 'built');
  });

  test('follows the log, and is compared with the live one at one position while touchpoints arrive', async () => {
    const arriving = apart.publish(messages(TOUCHPOINTS, TOUCHPOINTS / 2), 50);
    const report = await compared(replay);
    await arriving;
    expect(report.folded!.same).toBe(true);
    expect(report.customers.onlyIn).toMatchObject({ from: { n: 0 }, to: { n: 0 } });
    expect(report.customers.changed).toBeGreaterThan(0);
  });

  test('is promoted and rolled back', async () => {
    const before = await liveVersion();
    await post('/projections/cem/promote', { replay });
    await apart.until(async () => (await liveVersion()) !== before);
    await post('/projections/cem/rollback', {});
    await apart.until(async () => (await liveVersion()) === before);
    await post(`/projections/cem/replays/${replay}/cancel`, {});
  });

  test('leaves customers as they were known to be told from the log, as the views tell them now', async () => {
    await apart.settled();
    const { items } = await apart.get<{ items: { id: string }[] }>('/customers', { limit: '20' });
    expect(items).toHaveLength(20);
    const today = new Date().toISOString().slice(0, 10);
    for (const { id } of items) {
      const now = await apart.get<CustomerTold>(`/customers/${id}`);
      const then = await apart.get<CustomerTold>(`/customers/${id}`, { asOf: today });
      const keysOf = ({ keys }: CustomerTold) => keys.map(({ key }) => key).sort();
      expect([then.id, keysOf(then), then.crm.touchpoints]).toEqual([now.id, keysOf(now), now.crm.touchpoints]);
    }
  });

  test('of identity by other rules goes on though both that decide are killed, and all views go over together and back', async () => {
    const of = (id: string) => apart.get<{ state: string }>(`/projections/identity/replays/${id}`);
    const versions = async () => {
      const { items } = await apart.get<{ items: { version: string }[] }>('/projections');
      return items.map(({ version }) => /i2(x|$)/.test(version));
    };
    const before = await apart.customers();
    const { replay: id } = await post<{ replay: string }>('/projections/identity/replays', {
      documents: { rules: NOBODY_SHARES },
    });
    await apart.killService('identity');
    await apart.killService('identity-2');
    await apart.ready();
    await apart.until(async () => (await of(id)).state === 'built');
    await post(`/projections/identity/replays/${id}/diffs`, {});
    let diff: { state?: string; report?: IdentityDiff } = {};
    await apart.until(async () => {
      diff = await apart.get(`/projections/identity/replays/${id}/diff`, { wait: '30' });
      return diff.state !== 'comparing';
    });
    expect(diff.report).toMatchObject({ kind: 'identity', from: 'v1', to: 'v2', merged: 0 });
    expect(diff.report!.split).toBeGreaterThan(0);
    await post('/projections/identity/promote', { replay: id });
    await apart.until(async () => (await versions()).every((isOver) => isOver));
    expect(await apart.customers()).toBeGreaterThan(before);
    await post('/projections/identity/rollback', {});
    await apart.until(async () => (await versions()).every((isOver) => !isOver));
    expect(await apart.customers()).toBe(before);
    await post(`/projections/identity/replays/${id}/cancel`, {});
  });

  test('of the live definitions, read from the server, shows no difference, and views equal a fresh fold', async () => {
    await apart.settled();
    const again = await post<{ replay: string }>('/projections/cem/replays', { source: 'log' });
    await apart.until(async () => (await stateOf(again.replay)) === 'built');
    expect(await compared(again.replay)).toMatchObject({ customers: { changed: 0 }, fields: [], metrics: [] });
    await apart.settled();
    await expectViewsToBeAFreshFold(apart);
  });
});
