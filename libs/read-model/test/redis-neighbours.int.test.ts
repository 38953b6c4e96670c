import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { ThroughlineError, type Position } from '@throughline/contracts';
import {
  connectRedis,
  openRedisNeighbours,
  openRedisVersionShelf,
  openRedisViewReader,
  openRedisViewStore,
  openViewStoreAt,
  type CurrentViewReader,
  type Neighbours,
  type RedisConnection,
  type RedisViewStore,
  type ViewChanges,
} from '../src/index.ts';
import { clientOf } from '../src/redis/connection.ts';
import { APPLY } from '../src/redis/shard-scripts.ts';
import {
  describeWithRedis,
  startCluster,
  startRedis,
  type RedisOptions,
  type RedisUnderTest,
} from './support/redis-server.ts';

const PROJECTION = 'tally';
const OF = 4;
const VIEW = { projection: PROJECTION, version: `0123456789abcdefx${OF}` };
/** One of the subjects and customers of each part. */
const [A, B, C, D] = ['1', '5', '9', 'd'].map((digit) => digit.repeat(32)) as [string, string, string, string];
const at = (n: number) => n.toString(16).padStart(16, '0') as Position;

describeWithRedis('the parts of a view', () => {
  let server: { readonly url: string; remove(): Promise<void> };
  let connection: RedisConnection;
  let stores: RedisViewStore[];
  let neighbours: Neighbours[];
  let reader: CurrentViewReader;

  const opened = async (completeAt?: Position, version = VIEW.version) => {
    const all: RedisViewStore[] = [];
    for (let i = 0; i < OF; i++) {
      all.push(
        await openRedisViewStore({
          connection,
          ...VIEW,
          version,
          shard: String(i),
          ...(completeAt !== undefined && { completeAt }),
        }),
      );
    }
    return all;
  };
  const on = async <T extends typeof server>(started: T, completeAt?: Position): Promise<T> => {
    server = started;
    connection = await connectRedis({ url: server.url });
    stores = await opened(completeAt);
    neighbours = stores.map((_, index) => openRedisNeighbours({ connection, ...VIEW, part: { index, of: OF } }));
    reader = await openRedisViewReader({ connection, projection: PROJECTION });
    return started;
  };
  const redis = async (options: RedisOptions = {}, completeAt?: Position): Promise<RedisUnderTest> =>
    on(await startRedis(options), completeAt);
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await connection.close();
    await server.remove();
  });

  const commit = (part: number, n: number, changes: Partial<ViewChanges<unknown>> = {}) =>
    stores[part]!.commit({ checkpoint: { position: at(n), day: n, ticked: true }, settled: true, ...changes });
  const handing = (since: number, ...customers: string[]) => ({ handed: { since: at(since), customers } });
  const all = (n: number) => Promise.all(stores.map((_, part) => commit(part, n)));
  const customers = async (part: number, limit = 10) =>
    (await neighbours[part]!.handed(limit)).map(({ customer, from, since }) => [customer, from, since]);

  test('meet customers that others hand over, each its own, the oldest of each first', async () => {
    await redis();
    await commit(0, 300, handing(255, B));
    await commit(0, 20, handing(16, B, C, '4'.repeat(32)));
    await commit(2, 9, handing(0, B));
    await commit(3, 9, { handed: { since: '' as Position, customers: [A, B] } });
    expect(await customers(1)).toEqual([
      ['4'.repeat(32), 0, at(16)],
      [B, 0, at(16)],
      [B, 0, at(255)],
      [B, 2, at(0)],
      [B, 3, ''],
    ]);
    expect(await customers(1, 1)).toEqual([
      ['4'.repeat(32), 0, at(16)],
      [B, 2, at(0)],
      [B, 3, ''],
    ]);
    expect([await customers(0), await customers(2), await customers(3)]).toEqual([[[A, 3, '']], [[C, 0, at(16)]], []]);
  });

  test('take out exactly what was finished: what was handed over again meanwhile, or to another, stays', async () => {
    await redis();
    await commit(0, 2, handing(1, B, C, '4'.repeat(32)));
    const taken = await neighbours[1]!.handed(10);
    await commit(0, 3, handing(2, B));
    await commit(2, 3, handing(1, B));
    await neighbours[1]!.finished(taken);
    await neighbours[1]!.finished(taken);
    await neighbours[1]!.finished([]);
    expect(await customers(1)).toEqual([
      [B, 0, at(2)],
      [B, 2, at(1)],
    ]);
    expect(await customers(2)).toEqual([[C, 0, at(1)]]);
  });

  test('keep what waits when the server is killed between the hand-over and the finish', async () => {
    const { kill, start } = await redis({ appendonly: 'yes', appendfsync: 'always' });
    await commit(0, 2, handing(1, B, C));
    await commit(3, 2, handing(1, B));
    await neighbours[1]!.finished([{ customer: B, from: 3, since: at(1) }]);
    await kill();
    await start();
    expect([await customers(1), await customers(2)]).toEqual([[[B, 0, at(1)]], [[C, 0, at(1)]]]);
    await commit(0, 3, handing(2, B));
    expect(await customers(1)).toEqual([
      [B, 0, at(1)],
      [B, 0, at(2)],
    ]);
  });

  test('read rows of subjects wherever they are, in the order asked', async () => {
    await redis();
    await commit(1, 1, { subjects: new Map([[B, { type: 'email', fragment: { n: 1 } }]]) });
    await commit(3, 1, { subjects: new Map([[D, { fragment: 2 }]]) });
    const rows = [{ fragment: 2 }, undefined, { type: 'email', fragment: { n: 1 } }, undefined];
    expect(await neighbours[0]!.subjects([D, A, B, C])).toEqual(rows);
    expect(await neighbours[1]!.subjects([D, A, B, C])).toEqual(rows);
    expect(await neighbours[1]!.subjects([])).toEqual([]);
  });

  test('tell readers what the last of them has reached, and the earliest day', async () => {
    await redis();
    expect(await reader.progress()).toEqual({ position: '', day: undefined });
    for (const [part, n] of [5, 4, 3].entries()) await commit(part, n);
    expect([await reader.progress(), await neighbours[0]!.progress()]).toEqual([{ position: '', day: undefined }, '']);
    await commit(3, 7);
    expect([await reader.progress(), await neighbours[3]!.progress()]).toEqual([{ position: at(3), day: 3 }, at(3)]);
    await commit(2, 9);
    expect([await reader.progress(), await neighbours[2]!.progress()]).toEqual([{ position: at(4), day: 4 }, at(4)]);
  });

  test('tell readers nothing that is not finished: the oldest that waits anywhere holds progress back', async () => {
    await redis();
    await all(1);
    await commit(0, 5, handing(3, D));
    await commit(0, 6, handing(5, B));
    await commit(2, 6, handing(4, A));
    for (const part of [1, 3]) await commit(part, 6);
    const told = async () => {
      const { position, day } = await reader.progress();
      expect(await neighbours[1]!.progress()).toBe(position);
      expect(day).toBe(6);
      return position;
    };
    expect(await told()).toBe(at(3));
    await neighbours[3]!.finished([{ customer: D, from: 0, since: at(3) }]);
    expect(await told()).toBe(at(4));
    await neighbours[0]!.finished([{ customer: A, from: 2, since: at(4) }]);
    expect(await told()).toBe(at(5));
    await neighbours[1]!.finished([{ customer: B, from: 0, since: at(5) }]);
    expect(await told()).toBe(at(6));
  });

  test.each([
    ['', 35_000],
    // The checkpoint, had it come before what is handed over, would be the last of a step.
    [', at the checkpoint too', 29_977],
  ])(
    'show what waits behind its rows and before the progress it holds back, wherever a large commit is cut%s',
    async (_, rows) => {
      await redis();
      await all(1);
      const many = Array.from({ length: rows }, (_, n) => n.toString(16).padStart(31, '0'));
      const client = clientOf(connection);
      const run = client.run.bind(client);
      let cuts = 0;
      for (let isWhole = false; !isWhole; cuts++) {
        const n = cuts + 2;
        let applied = 0;
        client.run = async (script, ...rest) => {
          if (script === APPLY && applied++ === cuts) throw new ThroughlineError('read-model-unavailable');
          return run(script, ...rest);
        };
        const committed = commit(0, n, {
          subjects: new Map(many.map((id) => [`0${id}`, { fragment: n }])),
          ...handing(n - 1, ...many.map((id) => `5${id}`)),
        });
        isWhole = await committed.then(
          () => true,
          () => false,
        );
        client.run = run;
        await Promise.all([1, 2, 3].map((part) => commit(part, n)));
        const [last] = await neighbours[1]!.subjects<number>([`0${many.at(-1)!}`]);
        if ((await neighbours[1]!.handed(1)).length > 0) expect(last).toEqual({ fragment: n });
        expect(await neighbours[1]!.progress()).toBe(at(n - 1));
        await stores[0]!.close();
        stores[0] = await openRedisViewStore({ connection, ...VIEW, shard: '0' });
        for (let waiting; (waiting = await neighbours[1]!.handed(50_000)).length > 0;) {
          await neighbours[1]!.finished(waiting);
        }
        expect(await neighbours[1]!.progress()).toBe(at(n));
      }
      expect(cuts).toBeGreaterThan(2);
    },
  );

  test('answer only once each of them is complete, with nothing waiting from before', async () => {
    await redis({}, at(5));
    for (const part of [1, 2, 3]) await commit(part, 6);
    await commit(0, 4, handing(3, B, C));
    await commit(0, 7, handing(6, D));
    const isHidden = () => expect(reader.customerCount()).rejects.toMatchObject({ code: 'view-rebuilding' });
    await wait(1_500);
    await isHidden();
    expect([await reader.progress(), await neighbours[0]!.progress()]).toEqual([{ position: at(3), day: 6 }, '']);
    await neighbours[1]!.finished([{ customer: B, from: 0, since: at(3) }]);
    await wait(1_500);
    await isHidden();
    // A writer that is started again on the way goes on with it.
    await stores[0]!.close();
    stores[0] = await openRedisViewStore({ connection, ...VIEW, shard: '0', completeAt: at(9) });
    await neighbours[2]!.finished([{ customer: C, from: 0, since: at(3) }]);
    await eventually(() => reader.customerCount());
    expect([await reader.progress(), await neighbours[0]!.progress()]).toEqual([{ position: at(6), day: 6 }, at(6)]);
  });

  test('answer nothing while one of them is lost, and have nothing of it', async () => {
    const { cli } = await redis();
    await all(3);
    await commit(0, 4, { ...handing(3, B), subjects: new Map([[A, { fragment: 1 }]]) });
    await stores[0]!.close();
    for (const key of cli('--scan', '--pattern', `*{${PROJECTION}:${VIEW.version}:0}*`).split('\n')) cli('del', key);
    expect(await neighbours[1]!.handed(10)).toEqual([]);
    expect(await neighbours[1]!.subjects([A])).toEqual([undefined]);
    await neighbours[1]!.finished([{ customer: B, from: 0, since: at(3) }]);
    expect(await neighbours[1]!.progress()).toBe('');
    expect(await reader.progress()).toEqual({ position: '', day: undefined });
    for (const question of [
      () => reader.customer(A),
      () => reader.customersOf([A]),
      () => reader.scan({ field: 'n', limit: 1 }),
      () => reader.values([A], ['n']),
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
    expect(cli('--scan', '--pattern', `*{${PROJECTION}:${VIEW.version}:0}*`)).toBe('');
    stores[0] = await openRedisViewStore({ connection, ...VIEW, shard: '0' });
    await commit(0, 5);
    expect([await reader.progress(), await reader.customerCount()]).toEqual([{ position: at(3), day: 3 }, 0]);
  });

  test('each hear soon that one of them promoted their version, and the version before can go with all its parts', async () => {
    const { cli } = await redis();
    await all(1);
    const next = await opened(undefined, `fedcba9876543210x${OF}`);
    try {
      expect(stores.map(({ promoted }) => promoted)).toEqual([true, true, true, true]);
      expect(next.map(({ promoted }) => promoted)).toEqual([false, false, false, false]);
      await Promise.all(
        next.map((store) => store.commit({ checkpoint: { position: at(2), day: 2, ticked: true }, settled: true })),
      );
      await next[1]!.promote();
      await eventually(async () => expect(next.map(({ promoted }) => promoted)).toEqual([true, true, true, true]));
      expect([await reader.progress(), reader.version]).toEqual([{ position: at(2), day: 2 }, next[0]!.version]);
      await eventually(async () =>
        expect(stores.map(({ promoted }) => promoted)).toEqual([false, false, false, false]),
      );
      await openRedisVersionShelf({ connection, projection: PROJECTION }).remove(VIEW.version);
      await eventually(async () => expect(stores.map(({ ended }) => ended.aborted)).toEqual([true, true, true, true]));
      const left = cli('--scan', '--pattern', `*${VIEW.version}*`).split('\n');
      for (const key of left) expect(Number(cli('ttl', key))).toBeGreaterThan(0);
    } finally {
      await Promise.all(next.map((store) => store.close()));
    }
  });

  test('are opened where the views are, each with its neighbours and its fence', async () => {
    const { url } = await redis();
    const place = { engine: 'redis', url } as const;
    const view = { ...VIEW, completeAt: '' as Position };
    const [first, second] = await Promise.all(
      [0, 1].map((index) => openViewStoreAt(place, { ...view, part: { index, of: OF }, token: 7 })),
    );
    await first!.store.commit({
      checkpoint: { position: at(1), day: 1, ticked: true },
      settled: true,
      ...handing(0, B),
    });
    expect(await second!.neighbours!.handed(1)).toEqual([{ customer: B, from: 0, since: at(0) }]);
    await expect(openViewStoreAt(place, { ...view, part: { index: 0, of: OF }, token: 6 })).rejects.toMatchObject({
      code: 'view-taken-over',
    });
    const alone = await openViewStoreAt(place, { ...view, version: 'f'.repeat(16), part: { index: 0, of: 1 } });
    expect(alone.neighbours).toBeUndefined();
    await Promise.all([first, second, alone].map((opened) => opened!.close()));
  });

  test('are several slots of a cluster, and meet across its nodes, also when one was killed and is there again', async () => {
    const { nodes } = await on(await startCluster({ appendonly: 'yes', appendfsync: 'always' }));
    const slots = stores.map(({ version }, i) =>
      nodes[0]!.cli('cluster', 'keyslot', `{${PROJECTION}:${version}:${i}}`),
    );
    const owners = new Set(slots.map((slot) => Math.floor((Number(slot) * nodes.length) / 16_384)));
    expect(owners.size).toBeGreaterThan(1);
    const others = [B, C, D];
    await commit(0, 2, { ...handing(1, ...others), subjects: new Map([[A, { fragment: 1 }]]) });
    for (const part of [1, 2, 3]) await commit(part, 2, handing(1, A));
    for (const node of nodes) {
      await node.kill();
      await node.start();
    }
    for (const [i, customer] of others.entries()) {
      const mine = neighbours[i + 1]!;
      expect(await mine.handed(10)).toEqual([{ customer, from: 0, since: at(1) }]);
      expect(await mine.subjects([A, customer])).toEqual([{ fragment: 1 }, undefined]);
      expect(await mine.progress()).toBe(at(1));
      await mine.finished(await mine.handed(10));
    }
    expect(await customers(0)).toEqual([1, 2, 3].map((from) => [A, from, at(1)]));
    await neighbours[0]!.finished(await neighbours[0]!.handed(10));
    expect(await reader.progress()).toEqual({ position: at(2), day: 2 });
    expect(await reader.customer(A)).toMatchObject({ id: A, fragments: [{ subject: A, fragment: 1 }] });
  });
});

/** Waits until it does not throw any longer. */
async function eventually(look: () => Promise<unknown>): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      await look();
      return;
    } catch (error) {
      if (i >= 100) throw error;
      await wait(50);
    }
  }
}
