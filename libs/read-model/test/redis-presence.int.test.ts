import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { connectRedis, openPresence, type Presence, type RedisConnection } from '../src/index.ts';
import { describeWithRedis, startRedis, type RedisUnderTest } from './support/redis-server.ts';

const LIFETIME = 60_000;

describeWithRedis('presence in Redis', () => {
  let server: RedisUnderTest;
  let connection: RedisConnection;
  let presence: Presence;
  beforeAll(async () => {
    server = await startRedis();
    connection = await connectRedis({ url: server.url });
  });
  afterAll(async () => {
    await connection.close();
    await server.remove();
  });
  beforeEach(() => {
    server.cli('flushall');
    presence = openPresence({ connection, group: 'tally', lifetime: LIFETIME });
  });

  /** As if a replica had beaten so many milliseconds ago, and without a pause since so many. */
  const hasBeaten = (replica: string, { since, last }: { since: number; last: number }) => {
    const now = Number(server.cli('time').split('\n')[0]) * 1_000;
    server.cli('hset', 'throughline:{presence:tally}', replica, `${now - since} ${now - last}`);
  };
  const known = () => server.cli('hkeys', 'throughline:{presence:tally}').split('\n').sort();

  test('tells of all who have beaten within a lifetime, and forgets who has not', async () => {
    await presence.beat('ada');
    await presence.beat('ben');
    hasBeaten('cay', { since: 200_000, last: LIFETIME - 10_000 });
    hasBeaten('dot', { since: 200_000, last: LIFETIME + 1_000 });
    expect([...(await presence.beat('ada')).living].sort()).toEqual(['ada', 'ben', 'cay']);
    expect(known()).toEqual(['ada', 'ben', 'cay']);
  });

  test('does not tell of who has left, nor of those of another group', async () => {
    await openPresence({ connection, group: 'count', lifetime: LIFETIME }).beat('cay');
    await presence.beat('ada');
    await presence.beat('ben');
    await presence.leave('ben');
    expect((await presence.beat('ada')).living).toEqual(['ada']);
  });

  test('takes a replica for steady once it has beaten for a lifetime without a pause', async () => {
    expect((await presence.beat('ada')).steady).toBe(false);
    hasBeaten('ada', { since: LIFETIME - 10_000, last: 1_000 });
    expect((await presence.beat('ada')).steady).toBe(false);
    hasBeaten('ada', { since: LIFETIME + 1_000, last: 1_000 });
    expect((await presence.beat('ada')).steady).toBe(true);
    expect((await presence.beat('ada')).steady).toBe(true);
    expect((await presence.beat('ben')).steady).toBe(false);
    hasBeaten('ada', { since: 200_000, last: LIFETIME / 2 + 1_000 });
    expect((await presence.beat('ada')).steady).toBe(false);
  });

  test('takes nobody for steady after it has forgotten everything', async () => {
    hasBeaten('ada', { since: 200_000, last: 1_000 });
    expect((await presence.beat('ada')).steady).toBe(true);
    server.cli('flushall');
    expect(await presence.beat('ada')).toEqual({ living: ['ada'], steady: false });
  });

  test('believes no time that is still to come, as another server with another clock may have left it', async () => {
    hasBeaten('ada', { since: 200_000, last: -LIFETIME });
    hasBeaten('ben', { since: 200_000, last: -LIFETIME });
    expect(await presence.beat('ada')).toEqual({ living: ['ada'], steady: false });
  });
});
