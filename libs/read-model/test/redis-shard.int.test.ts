import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ThroughlineError } from '@throughline/contracts';
import { connectRedis, type RedisConnection } from '../src/index.ts';
import { Client } from '../src/redis/client.ts';
import { clientOf } from '../src/redis/connection.ts';
import { READ_ALL } from '../src/redis/read-scripts.ts';
import type { Script } from '../src/redis/script.ts';
import { APPLY, COMMIT, SEAL, STAGE } from '../src/redis/shard-scripts.ts';
import { ShardReader } from '../src/redis/shard-reader.ts';
import { COMPLETE_AT, Shard, type ShardName } from '../src/redis/shard.ts';
import { WriteSet } from '../src/redis/write-set.ts';
import { describeWithRedis, startRedis, type RedisUnderTest } from './support/redis-server.ts';

/** More than one part holds. */
const MANY = 35_000;
const ROWS = 'rows';

describeWithRedis('a shard', () => {
  let server: RedisUnderTest;
  let connection: RedisConnection;
  let client: Client;
  let name: ShardName;
  let shards = 0;
  beforeAll(async () => {
    server = await startRedis();
    connection = await connectRedis({ url: server.url });
    client = clientOf(connection);
  });
  afterAll(async () => {
    await connection.close();
    await server.remove();
  });
  beforeEach(() => {
    name = { tag: `shard${++shards}`, tables: [ROWS] };
  });

  const rows = (n: number, count: number) => {
    const writes = new WriteSet();
    for (let i = 0; i < count; i++) writes.set(ROWS, i, n);
    return writes;
  };
  /** What every row says; each says the same. */
  const seen = async () => {
    const [flat] = (await new ShardReader(client, name).ask(READ_ALL, [ROWS])) as [Buffer[]];
    const said = new Set(flat.filter((_, i) => i % 2 === 1).map(String));
    expect(said.size).toBeLessThan(2);
    return { count: flat.length / 2, says: [...said][0] };
  };

  test.each([
    ['before its first part is there', STAGE, 0, '1'],
    ['when some of its parts are there', STAGE, 1, '1'],
    ['before it is sealed', SEAL, 0, '1'],
    ['when it is sealed', APPLY, 0, '2'],
    ['when some of it is applied', APPLY, 1, '2'],
  ])('whose writer dies in a large commit %s, has all of it or nothing', async (_, script, calls, says) => {
    const dying = new DyingClient(client, script, calls);
    const shard = await Shard.takeOver(dying, name);
    await shard.commit(rows(1, MANY));
    dying.armed = true;
    await expect(shard.commit(rows(2, MANY))).rejects.toMatchObject({ code: 'read-model-unavailable' });
    dying.armed = false;
    await expect(shard.commit(rows(3, 1))).rejects.toMatchObject({ code: 'read-model-unavailable' });
    shard.close();

    let isTaken = false;
    const reading = seen().then((answer) => {
      if (says === '2') expect(isTaken).toBe(true);
      return answer;
    });
    await wait(50);
    isTaken = true;
    const next = await Shard.takeOver(client, name);
    expect(server.cli('exists', `throughline:{${name.tag}}:staged`)).toBe('0');
    expect(await reading).toEqual({ count: MANY, says });
    await next.commit(rows(4, MANY));
    expect(await seen()).toEqual({ count: MANY, says: '4' });
    expect(server.cli('exists', `throughline:{${name.tag}}:staged`)).toBe('0');
    next.close();
  });

  test('takes each part of a commit once, however often it arrives', async () => {
    const twice = new TwiceClient(client);
    const shard = await Shard.takeOver(twice, name);
    for (const n of [1, 2]) {
      await shard.commit(rows(n, 3));
      await shard.commit(rows(n, MANY));
    }
    expect(await seen()).toEqual({ count: MANY, says: '2' });
    expect(server.cli('hget', `throughline:{${name.tag}}:meta`, 'commits')).toBe('4');
    shard.close();
  });

  test('is refused, in each step of a commit, to the one it was taken from', async () => {
    const zombie = await Shard.takeOver(client, name);
    await zombie.commit(rows(1, 3));
    const owner = await Shard.takeOver(client, name);
    for (const count of [3, MANY]) {
      const other = await Shard.takeOver(client, name);
      await expect(owner.commit(rows(9, count))).rejects.toMatchObject({ code: 'view-taken-over', retry: false });
      await expect(zombie.commit(rows(9, count))).rejects.toMatchObject({ code: 'view-taken-over' });
      other.close();
    }
    expect(await seen()).toEqual({ count: 3, says: '1' });
    zombie.close();
    owner.close();
  });

  test('is not called complete by the one it was taken from', async () => {
    const zombie = await Shard.takeOver(client, name, { begin: { [COMPLETE_AT]: 'later' } });
    await zombie.commit(rows(1, 3));
    const owner = await Shard.takeOver(client, name);
    await expect(zombie.complete()).rejects.toMatchObject({ code: 'view-taken-over' });
    await expect(seen()).rejects.toMatchObject({ code: 'view-rebuilding' });
    await owner.complete();
    expect(await seen()).toEqual({ count: 3, says: '1' });
    zombie.close();
    owner.close();
  });

  test('drops a table, removes and writes in one commit, in that order', async () => {
    const shard = await Shard.takeOver(client, name);
    await shard.commit(rows(1, 5));
    const writes = new WriteSet();
    writes.set(ROWS, 1, 2);
    writes.set(ROWS, 2, 2);
    writes.unset(ROWS, 2);
    writes.drop(ROWS);
    await shard.commit(writes);
    expect(await seen()).toEqual({ count: 2, says: '2' });
    shard.close();
  });
});

/** Dies before it sends a script for the n-th time since it was armed. */
class DyingClient extends Client {
  readonly #script: Script;
  readonly #calls: number;
  #left = 0;

  constructor(client: Client, script: Script, calls: number) {
    super(client.vendor);
    this.#script = script;
    this.#calls = calls;
  }

  set armed(armed: boolean) {
    this.#left = armed ? this.#calls + 1 : 0;
  }

  override async run(...[script, keys, args]: Parameters<Client['run']>) {
    if (script === this.#script && this.#left > 0 && --this.#left === 0) {
      throw new ThroughlineError('read-model-unavailable');
    }
    return super.run(script, keys, args);
  }
}

/** Sends what writes twice, as after a connection that was lost behind the first time. */
class TwiceClient extends Client {
  constructor(client: Client) {
    super(client.vendor);
  }

  override async run(...[script, keys, args]: Parameters<Client['run']>) {
    if ([COMMIT, STAGE, SEAL].includes(script)) await super.run(script, keys, args);
    return super.run(script, keys, args);
  }
}
