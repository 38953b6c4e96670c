import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { START, type IdentityGraph, type Position } from '@throughline/contracts';
import { DEFAULT_RULES, preview, Resolver, Rules, WorkingGraph, type RequestEvent } from '@throughline/identity';
import {
  connectRedis,
  openIdentityStore,
  openRedisIdentityReader,
  publishIdentity,
  type IdentityReader,
  type IdentityStore,
  type PublishedIdentityStore,
  type RedisConnection,
} from '../src/index.ts';
import { describeWithRedis, startRedis, type RedisUnderTest } from './support/redis-server.ts';

const KEYS = 60;
const TYPES = ['email', 'phone', 'device', 'order'];
const keyOf = (i: number) => ({ type: TYPES[i % TYPES.length]!, key: (i * 0x9e3779b1).toString(16).padStart(32, '0') });
const RULES = new Rules(DEFAULT_RULES, ({ value }) => value.padEnd(32, '0').slice(0, 32));

describeWithRedis('identity, published in a Redis that fails', () => {
  let server: RedisUnderTest;
  let connection: RedisConnection;
  let dir: string;
  let kept: IdentityStore;
  let store: PublishedIdentityStore;
  let reader: IdentityReader;
  let events: number;
  beforeEach(async () => {
    events = 0;
    server = await startRedis();
    connection = await connectRedis({ url: server.url });
    dir = mkdtempSync(join(tmpdir(), 'identity-faults-'));
    kept = openIdentityStore({ dir });
    store = await publishIdentity({ connection, rules: 1, store: kept });
    reader = openRedisIdentityReader({ connection, rules: 1 });
  });
  afterEach(async () => {
    await store.close();
    await connection.close();
    await server.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const position = (n: number) => n.toString(16).padStart(16, '0') as Position;
  /** Identity decides on sightings of two keys each, the same for the same `from`, and commits them as one step. */
  const decide = async (count: number, from = events, to: IdentityStore = store) => {
    const graph = new WorkingGraph(kept.graph);
    const resolver = new Resolver(graph, RULES);
    for (let n = from; n < from + count; n++) {
      const keys = [keyOf((n * 7) % KEYS), keyOf((n * n + 3) % KEYS)];
      const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
      resolver.observe({ id, position: position(n + 1), recordedAt: n }, { id, occurredAt: n, keys });
    }
    await to.commit(graph.changes(), {
      through: position(from + count),
      lastDecision: START,
      revision: -1,
      rules: RULES.fingerprint,
    });
    events = from + count;
  };
  const again = async (completeAt?: Position) => {
    await store.close();
    kept = openIdentityStore({ dir });
    store = await publishIdentity({
      connection,
      rules: 1,
      store: kept,
      ...(completeAt !== undefined && { completeAt }),
    });
  };
  const whole = (graph: IdentityGraph) =>
    Array.from({ length: KEYS }, (_, i) => keyOf(i).key).map((key) => [
      graph.key(key),
      graph.members(key),
      graph.customer(key),
      graph.neighbours(key, 'person'),
      graph.neighbours(key, 'device'),
    ]);
  const expectSame = async () => expect(await reader.ask(whole)).toEqual(whole(kept.graph));

  test('lets others preview what the deciding host would', async () => {
    for (let n = 0; n < 20; n++) await decide(5);
    for (let i = 0; i < KEYS; i++) {
      const request: RequestEvent = {
        id: 'r',
        type: 'identity.link-requested',
        data: { a: keyOf(i), b: keyOf((i * 11 + 4) % KEYS), reason: 'a test', author: 'ada' },
      };
      const question = (graph: IdentityGraph) => preview(graph, RULES, request, 1_000);
      expect(await reader.ask(question)).toEqual(question(kept.graph));
    }
  });

  test('flushed, is refused to its writer and to others, and published again whole by the next', async () => {
    await decide(30);
    server.cli('flushall');
    await expect(reader.ask((graph) => graph.key('00'))).rejects.toMatchObject({ code: 'view-rebuilding' });
    expect(await reader.progress()).toEqual({ through: START, lastDecision: START });
    await expect(decide(10)).rejects.toMatchObject({ code: 'view-lost' });
    expect(store.ended.aborted).toBe(true);
    await again();
    await expectSame();
    expect((await reader.progress()).through).toBe(position(30));
    await decide(10, 30);
    await expectSame();
  });

  test('gone back to an older copy, is published again', async () => {
    await decide(20);
    server.cli('save');
    await decide(20);
    await server.kill();
    await server.start();
    await again();
    await expectSame();
  });

  test('published by a host that died before it kept it, is gone on with by other steps', async () => {
    await decide(20);
    const died = new Error('died');
    const dying = new Proxy(kept, {
      get(target, name) {
        const value: unknown = name === 'commit' ? () => Promise.reject(died) : Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const before = await publishIdentity({ connection, rules: 1, store: dying });
    await expect(decide(20, 20, before)).rejects.toBe(died);
    expect((await reader.progress()).through).toBe(position(40));
    await again();
    for (const from of [20, 27, 34]) {
      await decide(7, from);
      expect((await reader.progress()).through >= position(40)).toBe(true);
    }
    await expectSame();
  });

  test('begun anew, answers others once it has decided everything there was', async () => {
    await decide(20);
    await again(position(20));
    await store.clear();
    await decide(10, 0);
    await expect(reader.ask((graph) => graph.key('00'))).rejects.toMatchObject({ code: 'view-rebuilding' });
    await again(position(99));
    await decide(10, 10);
    await expectSame();
  });

  test('is refused to a writer that another has taken over from', async () => {
    await decide(5);
    const zombie = store;
    store = await publishIdentity({ connection, rules: 1, store: kept });
    await expect(decide(5, 5, zombie)).rejects.toMatchObject({ code: 'view-taken-over' });
    expect((await kept.checkpoint())!.through).toBe(position(5));
  });
});
