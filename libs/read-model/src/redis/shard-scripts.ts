/**
 * The scripts through which a shard is written. Redis runs each as one step, in memory and in its append-only file.
 *
 * `KEYS[1]` is always the shard's `meta`: `owner` (token:name), `commits`, `pending` while a large commit is applied, and what
 * the shard's own kind keeps there. `KEYS[2]` is where a large commit waits; the others are the tables, named so that the server
 * knows what is touched.
 *
 * Each script may arrive twice or late, since a lost connection leaves it unknown whether it had arrived: done again, it
 * changes nothing.
 */
import { script } from './script.ts';

/** Says why a commit is not this writer's to make; nil when it is. */
const FENCE = `
local stem = string.sub(KEYS[1], 1, -5)
local function fence()
  local owner = redis.call('HGET', KEYS[1], 'owner')
  if not owner then return 'lost' end
  if owner ~= ARGV[1] then return owner end
  return nil
end`;

const APPLY_COMMANDS = `
local function apply(list, i)
  local size = #list
  while i <= size do
    local count = tonumber(list[i + 2])
    redis.call(list[i], stem .. list[i + 1], unpack(list, i + 3, i + 2 + count))
    i = i + 3 + count
  end
end`;

/**
 * Takes the shard over: name, token (empty: the next), further fields of a shard that is new. Answers with the token, the
 * number of commits, whether a commit is still to be applied, and whether the shard is new; or with a later owner.
 */
export const TAKE_OVER = script(`
local owner = redis.call('HGET', KEYS[1], 'owner')
local last = owner and tonumber(string.match(owner, '^(%d+):')) or 0
local token = ARGV[2] == '' and last + 1 or tonumber(ARGV[2])
if token < last then return {owner} end
redis.call('HSET', KEYS[1], 'owner', string.format('%.0f', token) .. ':' .. ARGV[1])
redis.call('HSETNX', KEYS[1], 'commits', 0)
if not owner then
  for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
local pending = redis.call('HEXISTS', KEYS[1], 'pending')
if pending == 0 then redis.call('UNLINK', KEYS[2]) end
return {string.format('%.0f', token), redis.call('HGET', KEYS[1], 'commits'), pending, owner and 0 or 1}`);

/**
 * One commit: owner, commits so far, commands. The first thing written is what a server without memory refuses, so that a commit is
 * refused whole.
 */
export const COMMIT = script(
  FENCE,
  APPLY_COMMANDS,
  `
local refused = fence()
if refused then return refused end
local commits = redis.call('HGET', KEYS[1], 'commits')
if commits == string.format('%.0f', ARGV[2] + 1) then return 'ok' end
if commits ~= ARGV[2] then return 'lost' end
redis.call('HSET', KEYS[1], 'commits', string.format('%.0f', ARGV[2] + 1))
apply(ARGV, 3)
return 'ok'`,
);

/** Puts a part of a large commit where it waits: owner, number of the part, commands. */
export const STAGE = script(
  FENCE,
  `
local refused = fence()
if refused then return refused end
if redis.call('HEXISTS', KEYS[1], 'pending') == 1 then return 'lost' end
if ARGV[2] == '0' then redis.call('UNLINK', KEYS[2]) end
local there = redis.call('LLEN', KEYS[2])
if there == ARGV[2] + 1 then return 'ok' end
if there ~= tonumber(ARGV[2]) then return 'lost' end
local part = {}
for i = 3, #ARGV do part[i - 2] = ARGV[i] end
redis.call('RPUSH', KEYS[2], cmsgpack.pack(part))
return 'ok'`,
);

/** The large commit that waits is made: owner, commits so far, parts. From here on it is applied, whoever does it. */
export const SEAL = script(
  FENCE,
  `
local refused = fence()
if refused then return refused end
local commits = redis.call('HGET', KEYS[1], 'commits')
if commits == string.format('%.0f', ARGV[2] + 1) then return 'ok' end
if commits ~= ARGV[2] or redis.call('LLEN', KEYS[2]) ~= tonumber(ARGV[3]) then return 'lost' end
redis.call('HSET', KEYS[1], 'commits', string.format('%.0f', ARGV[2] + 1), 'pending', 1)
return 'ok'`,
);

/**
 * Applies one part of the large commit: owner. Answers how many are left. It takes the part away first: a server without memory
 * lets a script go on that has begun to write, and what is sealed must come to its end.
 */
export const APPLY = script(
  FENCE,
  APPLY_COMMANDS,
  `
local refused = fence()
if refused then return refused end
if redis.call('HEXISTS', KEYS[1], 'pending') == 0 then return 0 end
local part = redis.call('LPOP', KEYS[2])
if part then apply(cmsgpack.unpack(part), 1) end
local left = redis.call('LLEN', KEYS[2])
if left == 0 then redis.call('HDEL', KEYS[1], 'pending') end
return left`,
);

/** Takes out the field that keeps readers from what is complete now: owner, field. No commit: it may run beside one. */
export const COMPLETE = script(
  FENCE,
  `
local refused = fence()
if refused then return refused end
redis.call('HDEL', KEYS[1], ARGV[2])
return 'ok'`,
);

/** Takes the members of `KEYS[2]` up to a score out: owner, score. No commit: it may run beside one. */
export const TRIM = script(
  FENCE,
  `
local refused = fence()
if refused then return refused end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])
return 'ok'`,
);
