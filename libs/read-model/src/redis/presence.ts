import type { Beat, Presence } from '../presence.ts';
import { clientOf, type RedisConnection } from './connection.ts';
import { script } from './script.ts';

export interface OpenPresence {
  readonly connection: RedisConnection;
  /** What the replicas have in common. */
  readonly group: string;
  /** Of one beat, milliseconds; 5,000 unless told. */
  readonly lifetime?: number;
}

/** Longer than the server needs to be reached again after a lost connection. */
const LIFETIME = 5_000;

/**
 * `KEYS[1]` has for each replica since when it beats without a pause, and when it did last, in the server's own time. A beat: the
 * replica, the lifetime. Answers whether it has beaten for a lifetime, and the living.
 *
 * A pause of half a lifetime begins the replica's time anew, before others could have gone unheard in it. A time still to come was
 * given by another server's clock, and says nothing.
 */
const BEAT = script(`
local lifetime = tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = now
local living = {ARGV[1]}
local known = redis.call('HGETALL', KEYS[1])
for i = 1, #known, 2 do
  local first, last = string.match(known[i + 1], '^(%d+) (%d+)$')
  local silent = now - last
  if known[i] == ARGV[1] then
    if silent >= 0 and silent < lifetime / 2 then since = tonumber(first) end
  elseif silent >= 0 and silent < lifetime then
    living[#living + 1] = known[i]
  else
    redis.call('HDEL', KEYS[1], known[i])
  end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f', since, now))
return {now - since >= lifetime and 1 or 0, unpack(living)}`);

/** Presence in one key of a Redis, and so in one slot. */
export function openPresence({ connection, group, lifetime = LIFETIME }: OpenPresence): Presence {
  const client = clientOf(connection);
  const key = `throughline:{presence:${group}}`;
  return {
    lifetime,
    async beat(replica): Promise<Beat> {
      const [steady, ...living] = (await client.run(BEAT, [key], [replica, lifetime])) as [number, ...Buffer[]];
      return { steady: steady === 1, living: living.map(String) };
    },
    async leave(replica) {
      await client.call('HDEL', key, replica);
    },
  };
}
