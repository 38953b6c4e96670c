import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { problemCode, type Cell, type Position } from '@throughline/contracts';
import {
  connectRedis,
  openRedisVersionShelf,
  openRedisViewReader,
  openRedisViewStore,
  type CurrentViewReader,
  type Finished,
  type RedisConnection,
  type RedisViewStore,
} from '../src/index.ts';
import {
  describeWithRedis,
  startCluster,
  startRedis,
  type RedisOptions,
  type RedisUnderTest,
} from './support/redis-server.ts';

const VIEW = { projection: 'tally', version: '0123456789abcdef' };
const at = (n: number) => n.toString(16).padStart(16, '0') as Position;
const customerOf = (n: number) => n.toString(16).padStart(32, '0');

describeWithRedis('a view in a Redis that fails', () => {
  let server: RedisUnderTest;
  let connection: RedisConnection;
  let store: RedisViewStore;
  let reader: CurrentViewReader;
  const open = async (options: RedisOptions = {}) => {
    server = await startRedis(options);
    connection = await connectRedis({ url: server.url });
    store = await openRedisViewStore({ connection, ...VIEW });
    reader = await openRedisViewReader({ connection, projection: VIEW.projection });
  };
  afterEach(async () => {
    await store.close();
    await connection.close();
    await server.remove();
  });

  /** The n-th commit: every one of the customers says n in each way that a view can say it. */
  const commit = (n: number, customers = 20, to = store) => {
    const ids = Array.from({ length: customers }, (_, i) => customerOf(i));
    const contribution = (customer: string): Finished => ({
      customer,
      cells: [{ metric: 'm', dims: { n: `${n}` }, values: [1] }],
      indexes: [
        { field: 'n', value: n },
        { field: 'name', value: `${'x'.repeat(300)}${n}` },
      ],
      nextChange: n,
    });
    return to.commit({
      checkpoint: { position: at(n), day: n, ticked: true },
      settled: true,
      subjects: new Map(ids.map((id) => [id, { type: 'email', fragment: { n, padding: 'y'.repeat(500) } }])),
      cells: [{ metric: 'sum', dims: {}, values: [n] }],
      contributions: new Map(ids.map((id) => [id, contribution(id)])),
    });
  };

  /** Looks at everything; answers with the one commit that all of it is of. */
  const seen = async (customers = 20): Promise<number> => {
    const { position } = await reader.progress();
    const n = Number.parseInt(position || '0', 16);
    const cells: Cell[] = [];
    let sum = 0;
    for await (const cell of reader.cells('m', { timed: false })) cells.push(cell);
    if (n === 0) {
      expect([await reader.customerCount(), cells]).toEqual([0, []]);
      return 0;
    }
    expect(await reader.customerCount()).toBe(customers);
    expect(cells).toEqual([{ metric: 'm', dims: { n: `${n}` }, values: [customers] }]);
    for await (const { values } of reader.cells('sum', { timed: false })) sum = values[0]!;
    expect(sum).toBe((n * (n + 1)) / 2);
    const entries = await reader.scan({ field: 'n', limit: customers + 1 });
    expect(entries).toEqual(Array.from({ length: customers }, (_, i) => ({ value: n, customer: customerOf(i) })));
    for (const i of [0, customers - 1]) {
      const state = await reader.customer<{ n: number }>(customerOf(i));
      expect(state!.fragments.map(({ fragment }) => fragment.n)).toEqual([n]);
      expect(await reader.values([customerOf(i)], ['n', 'name'])).toEqual([[n, `${'x'.repeat(300)}${n}`]]);
    }
    return n;
  };

  test.each(['always', 'everysec'])(
    'killed again and again between and within commits (appendfsync %s), has each commit once, and says when it lost one',
    async (appendfsync) => {
      await open({ appendonly: 'yes', appendfsync });
      let n = 0;
      let commits = 0;
      for (let round = 0; round < 8; round++) {
        let isBack = false;
        const back = (async () => {
          await wait(20 + round * 7);
          await server.kill();
          await server.start();
          isBack = true;
        })();
        // A commit that was on its way is sent again once the server is back, and done once.
        while (!isBack) {
          try {
            await commit(n + 1);
            n++;
            commits++;
          } catch (error) {
            // While the disk is busy, a server that is not to wait for it answers before it has written.
            expect([appendfsync, problemCode(error)]).toEqual(['everysec', 'view-lost']);
            await store.close();
            store = await openRedisViewStore({ connection, ...VIEW });
            n = Number.parseInt((await store.checkpoint()).position || '0', 16);
          }
        }
        await back;
        expect(await seen()).toBe(n);
      }
      expect(commits).toBeGreaterThan(16);
    },
  );

  test('killed within a commit of many parts, has it whole or not at all', async () => {
    await open({ appendonly: 'yes', appendfsync: 'everysec' });
    const many = 6_000;
    await commit(1, many);
    for (let n = 2; n < 6; n++) {
      const committing = commit(n, many).catch((error: unknown) => error);
      await wait(40 * n);
      await server.kill();
      await connection.close();
      await committing;
      await server.start();
      connection = await connectRedis({ url: server.url });
      reader = await openRedisViewReader({ connection, projection: VIEW.projection });
      store = await openRedisViewStore({ connection, ...VIEW });
      const there = await seen(many);
      expect([n - 1, n]).toContain(there);
      if (there < n) await commit(n, many);
    }
  });

  test('shows readers one commit at a time, however many parts it is written in', async () => {
    await open();
    const many = 6_000;
    await commit(1, many);
    let writing = true;
    const written = (async () => {
      for (let n = 2; n < 5; n++) await commit(n, many);
      writing = false;
    })();
    const contributions = new Set<string>();
    while (writing) {
      const entries = await reader.scan({ field: 'n', limit: many });
      const values = new Set(entries.map(({ value }) => value));
      expect([entries.length, values.size]).toEqual([many, 1]);
      contributions.add(String([...values][0]));
    }
    await written;
    expect(contributions.size).toBeGreaterThan(1);
  });

  test('answers with the cells of one commit, in more pages than one', async () => {
    await open();
    const many = 12_000;
    const count = (n: number) =>
      store.commit({
        checkpoint: { position: at(n), day: n, ticked: true },
        settled: true,
        cells: Array.from({ length: many }, (_, i) => ({ metric: 'm', dims: { product: `${i}` }, values: [1] })),
      });
    const read = async () => {
      const values = new Map<string, number>();
      for await (const cell of reader.cells('m', { timed: false })) values.set(cell.dims['product']!, cell.values[0]!);
      return { count: values.size, values: [...new Set(values.values())] };
    };
    await count(1);
    expect(await read()).toEqual({ count: many, values: [1] });
    let writing = true;
    const written = (async () => {
      for (let n = 2; n < 5; n++) await count(n);
      writing = false;
    })();
    while (writing) expect(await read()).toEqual({ count: many, values: [expect.any(Number)] });
    await written;
  });

  test('flushed, is refused to its writer and to its readers until it is whole again', async () => {
    await open();
    await commit(1);
    server.cli('flushall');
    await expect(reader.customer(customerOf(0))).rejects.toMatchObject({ code: 'view-rebuilding', retry: true });
    expect(await reader.progress()).toEqual({ position: '', day: undefined });
    await expect(commit(2)).rejects.toMatchObject({ code: 'view-lost', retry: true });
    await expect(commit(2)).rejects.toMatchObject({ code: 'view-lost' });
    expect(server.cli('dbsize')).toBe('0');
    expect(store.ended.reason).toMatchObject({ code: 'view-lost' });

    await store.close();
    store = await openRedisViewStore({ connection, ...VIEW, completeAt: at(3) });
    expect(await store.checkpoint()).toEqual({ position: '', day: undefined, ticked: false });
    await wait(250);
    await commit(1);
    expect(await reader.progress()).toEqual({ position: at(1), day: 1 });
    for (const question of [
      () => reader.customer(customerOf(0)),
      () => reader.customersOf([customerOf(0)]),
      () => reader.scan({ field: 'n', limit: 1 }),
      () => reader.values([customerOf(0)], ['n']),
      () => reader.customerCount(),
      () => reader.parkedCount(),
      () => reader.parked({ limit: 10 }),
      () => reader.moves(),
      async () => {
        for await (const cell of reader.cells('m', { timed: false })) expect(cell).toBeUndefined();
      },
    ]) {
      await expect(question()).rejects.toMatchObject({ code: 'view-rebuilding' });
    }
    // A writer that is started again on the way goes on with it.
    await store.close();
    store = await openRedisViewStore({ connection, ...VIEW, completeAt: at(9) });
    await commit(2);
    await expect(reader.customerCount()).rejects.toMatchObject({ code: 'view-rebuilding' });
    await commit(3);
    expect(await seen()).toBe(3);
  });

  test('flushed while nothing happens, tells its writer all the same', async () => {
    await open();
    await commit(1);
    server.cli('flushall');
    await new Promise((resolve) => store.ended.addEventListener('abort', resolve));
    expect(store.ended.reason).toMatchObject({ code: 'view-lost' });
  });

  test('is offered to readers again when only what told them of it is lost', async () => {
    await open();
    await commit(1);
    server.cli('del', 'throughline:{tally}:current', 'throughline:{tally}:versions');
    await wait(1_500);
    expect(await seen()).toBe(1);
    expect(server.cli('smembers', 'throughline:{tally}:versions')).toBe(`${VIEW.version}/all`);
  });

  test('gone back to an older copy, is refused to its writer, who then goes on from there', async () => {
    await open();
    await commit(1);
    server.cli('save');
    await commit(2);
    await server.kill();
    await server.start();
    await expect(commit(3)).rejects.toMatchObject({ code: 'view-lost' });
    expect(await seen()).toBe(1);
    await store.close();
    store = await openRedisViewStore({ connection, ...VIEW });
    expect(await store.checkpoint()).toMatchObject({ position: at(1) });
    await commit(2);
    expect(await seen()).toBe(2);
  });

  test('gone back behind a takeover, is never written by the one that was taken over from with a later token there', async () => {
    await open();
    const zombie = await openRedisViewStore({ connection, ...VIEW, token: 5 });
    await commit(1, 20, zombie);
    server.cli('save');
    const owner = await openRedisViewStore({ connection, ...VIEW, token: 6 });
    await commit(2, 20, owner);
    await server.kill();
    await server.start();
    await expect(commit(3, 20, owner)).rejects.toMatchObject({ code: 'view-lost' });
    await owner.close();
    const again = await openRedisViewStore({ connection, ...VIEW, token: 6 });
    await expect(commit(2, 20, zombie)).rejects.toMatchObject({ code: 'view-taken-over' });
    await expect(openRedisViewStore({ connection, ...VIEW, token: 5 })).rejects.toMatchObject({
      code: 'view-taken-over',
    });
    await commit(2, 20, again);
    expect(await seen()).toBe(2);
    await Promise.all([zombie.close(), again.close()]);
  });

  test('without memory, is told so and left as it was, and goes on once there is more', async () => {
    await open();
    await commit(1);
    server.cli('config', 'set', 'maxmemory', '1mb');
    for (const customers of [20, 6_000]) {
      await expect(commit(2, customers)).rejects.toMatchObject({ code: 'read-model-full', retry: true });
      expect(await seen()).toBe(1);
    }
    server.cli('config', 'set', 'maxmemory', '0');
    await commit(2);
    expect(await seen()).toBe(2);
    // What the refused commits had given names to was forgotten with them.
    await store.close();
    store = await openRedisViewStore({ connection, ...VIEW });
    await commit(3);
    expect(await seen()).toBe(3);
  });

  test('running out of memory within a commit of many parts, is left as it was', async () => {
    await open();
    await commit(1);
    const used = Number(/used_memory:(\d+)/.exec(server.cli('info', 'memory'))![1]);
    server.cli('config', 'set', 'maxmemory', String(used + 6_000_000));
    await expect(commit(2, 40_000)).rejects.toMatchObject({ code: 'read-model-full' });
    expect(await seen()).toBe(1);
    expect(server.cli('--scan', '--pattern', '*staged*')).toBe('');
    await commit(2);
    expect(await seen()).toBe(2);
  });

  test('lets a version go whole that is removed, and refuses its writer at once', async () => {
    await open();
    await commit(1);
    const next = await openRedisViewStore({ connection, ...VIEW, version: 'f'.repeat(16) });
    for (const n of [1, 2]) await commit(n, 20, next);
    expect(await seen()).toBe(1);
    await next.promote();
    await openRedisVersionShelf({ connection, projection: VIEW.projection }).remove(VIEW.version);
    await expect(commit(3)).rejects.toMatchObject({ code: 'view-taken-over' });
    while ((await reader.progress()).position !== at(2)) await wait(10);
    expect(await seen()).toBe(2);
    const left = server.cli('--scan', '--pattern', `*${VIEW.version}*`).split('\n');
    for (const key of left) expect(Number(server.cli('ttl', key))).toBeGreaterThan(0);
    expect(server.cli('smembers', `throughline:{${VIEW.projection}}:versions`)).not.toContain(VIEW.version);
    await next.close();
  });
});

describeWithRedis('a view in a cluster', () => {
  test('goes on when the node that has it was killed and is there again', async () => {
    const cluster = await startCluster({ appendonly: 'yes' });
    const connection = await connectRedis({ url: cluster.url });
    const store = await openRedisViewStore({ connection, ...VIEW });
    const commit = (n: number) =>
      store.commit({
        checkpoint: { position: at(n), day: n, ticked: true },
        settled: true,
        cells: [{ metric: 'm', dims: {}, values: [1] }],
      });
    await commit(1);
    for (const node of cluster.nodes) {
      await node.kill();
      await node.start();
    }
    await commit(2);
    const reader = await openRedisViewReader({ connection, projection: VIEW.projection });
    for await (const { values } of reader.cells('m', { timed: false })) expect(values).toEqual([2]);
    expect(await reader.progress()).toEqual({ position: at(2), day: 2 });
    await store.close();
    await connection.close();
    await cluster.remove();
  });
});

describeWithRedis('a connection to Redis', () => {
  test('fails in time where nobody answers, and says why without the password', async () => {
    const server = await startRedis({ requirepass: 'top-secret' });
    const url = (password: string) => `redis://:${password}@127.0.0.1:${server.port}`;
    const connection = await connectRedis({ url: url('top-secret') });
    await connection.ping();
    await connection.close();
    const refused = connectRedis({ url: url('guessed-secret') });
    await expect(refused).rejects.toMatchObject({ code: 'read-model-unavailable' });
    await expect(refused).rejects.not.toThrow(/secret/);
    await server.remove();
    await expect(connectRedis({ url: url('top-secret') })).rejects.toThrow(/ECONNREFUSED/);
  });

  test('is refused where keys are dropped when memory is short', async () => {
    const server = await startRedis({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' });
    await expect(connectRedis({ url: server.url })).rejects.toMatchObject({ code: 'read-model-evicts', retry: false });
    await server.remove();
  });
});
