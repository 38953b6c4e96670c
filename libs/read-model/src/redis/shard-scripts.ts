/**
 * The scripts through which a shard is written. Redis runs each as one step, in memory and in its append-only file.
 *
 * `KEYS[1]` is always the shard's `meta`: `owner` (token:name), `commits`, `pending` while a large commit is applied, and what
 * the shard's own kind keeps there. `KEYS[2]` is where a large commit of this writer waits; the others are the tables, and where what was
 * sealed waits, named so that the server knows what is touched.
 *
 * Writers who build a shard jointly have one owner's name, and each a lane: its own count of commits (`commits/lane`), and its own place
 * for a large commit. They need not know of each other's commits, since each writes rows of its own, cells are added up here, and
 * names get their numbers here.
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
local function add(table, order, name, packed)
  local before, sums = redis.call('HGET', table, name), cmsgpack.unpack(packed)
  if before then
    local more = sums
    sums = cmsgpack.unpack(before)
    for i = 1, #more do sums[i] = (sums[i] or 0) + more[i] end
  end
  for i = 1, #sums do
    if sums[i] ~= 0 then
      redis.call('HSET', table, name, cmsgpack.pack(sums))
      if not before then redis.call('ZADD', order, 0, name) end
      return
    end
  end
  redis.call('HDEL', table, name)
  redis.call('ZREM', order, name)
end
local function apply(list, i)
  local size = #list
  while i <= size do
    local command, table, count = list[i], stem .. list[i + 1], tonumber(list[i + 2])
    local order = string.match(command, '^ADD:(.*)$')
    if order then
      for j = i + 3, i + 2 + count, 2 do add(table, stem .. order, list[j], list[j + 1]) end
    else
      redis.call(command, table, unpack(list, i + 3, i + 2 + count))
    end
    i = i + 3 + count
  end
end`;

/** Whether the count in the writer's lane is what the writer takes it for: `done` when this very script was there before. */
const COUNT = `
local function count(field, commits)
  local now = redis.call('HGET', KEYS[1], field)
  if now == string.format('%.0f', commits + 1) then return 'done' end
  if now ~= commits then return 'lost' end
  return nil
end`;

/**
 * Takes the shard over: name, token (empty: the next), lane (empty: not jointly), further fields of a shard that is new. Answers with the
 * token, the number of commits in the writer's lane, and whether a commit is still to be applied; or with a later owner. A shard that was
 * removed, and goes in a moment, is new.
 */
export const TAKE_OVER = script(`
if redis.call('TTL', KEYS[1]) >= 0 then redis.call('UNLINK', unpack(KEYS)) end
local before = redis.call('HGET', KEYS[1], 'owner')
local last = before and tonumber(string.match(before, '^(%d+):')) or 0
local token = ARGV[2] == '' and last + 1 or tonumber(ARGV[2])
if token < last then return {before} end
local owner = string.format('%.0f', token) .. ':' .. ARGV[1]
redis.call('HSET', KEYS[1], 'owner', owner)
redis.call('HSETNX', KEYS[1], 'commits', 0)
if not before then
  for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
if before ~= owner then
  local fields = redis.call('HKEYS', KEYS[1])
  for i = 1, #fields do
    local lane = string.match(fields[i], '^commits(/.*)$')
    if lane then
      redis.call('HDEL', KEYS[1], fields[i])
      redis.call('UNLINK', KEYS[2] .. lane)
    end
  end
end
if ARGV[3] ~= '' then redis.call('HSETNX', KEYS[1], 'commits' .. ARGV[3], 0) end
local pending = redis.call('HEXISTS', KEYS[1], 'pending')
if pending == 0 then redis.call('UNLINK', KEYS[2]) end
return {string.format('%.0f', token), redis.call('HGET', KEYS[1], 'commits' .. ARGV[3]), pending}`);

/**
 * One commit: owner, lane's count, commits so far, commands. The first thing written is what a server without memory refuses, so that a
 * commit is refused whole.
 */
export const COMMIT = script(
  FENCE,
  COUNT,
  APPLY_COMMANDS,
  `
local refused = fence() or count(ARGV[2], ARGV[3])
if refused == 'done' then return 'ok' end
if refused then return refused end
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', ARGV[3] + 1))
apply(ARGV, 4)
return 'ok'`,
);

/**
 * Gives names their numbers: owner, lane's count, commits so far, names. It is counted as a commit, so that a shard that went back to an
 * older copy, without these numbers, is noticed.
 *
 * Keys: meta, numbers, names.
 */
export const NUMBER = script(
  FENCE,
  COUNT,
  `
local refused = fence() or count(ARGV[2], ARGV[3])
if refused and refused ~= 'done' then return refused end
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', ARGV[3] + 1))
local numbers = {}
for i = 4, #ARGV do
  local number = tonumber(redis.call('HGET', KEYS[2], ARGV[i]))
  if not number then
    number = redis.call('HINCRBY', KEYS[2], '', 1)
    redis.call('HSET', KEYS[2], ARGV[i], number)
    redis.call('HSET', KEYS[3], number, ARGV[i])
  end
  numbers[i - 3] = number
end
return numbers`,
);

/** Puts a part of a large commit where it waits: owner, number of the part, commands. */
export const STAGE = script(
  FENCE,
  `
local refused = fence()
if refused then return refused end
if KEYS[2] == stem .. 'staged' and redis.call('HEXISTS', KEYS[1], 'pending') == 1 then return 'lost' end
if ARGV[2] == '0' then redis.call('UNLINK', KEYS[2]) end
local there = redis.call('LLEN', KEYS[2])
if there == ARGV[2] + 1 then return 'ok' end
if there ~= tonumber(ARGV[2]) then return 'lost' end
local part = {}
for i = 3, #ARGV do part[i - 2] = ARGV[i] end
redis.call('RPUSH', KEYS[2], cmsgpack.pack(part))
return 'ok'`,
);

/**
 * The large commit that waits is made: owner, lane's count, commits so far, parts. From here on it is applied, whoever does it, behind what
 * was sealed before it.
 */
export const SEAL = script(
  FENCE,
  COUNT,
  `
local refused = fence() or count(ARGV[2], ARGV[3])
if refused == 'done' then return 'ok' end
if refused then return refused end
if redis.call('LLEN', KEYS[2]) ~= tonumber(ARGV[4]) then return 'lost' end
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', ARGV[3] + 1), 'pending', 1)
if KEYS[2] ~= stem .. 'staged' then
  for i = 1, ARGV[4] do redis.call('RPUSH', stem .. 'staged', redis.call('LPOP', KEYS[2])) end
end
return 'ok'`,
);

/**
 * Applies one part of what was sealed: owner. Answers how many are left. It takes the part away first: a server without memory
 * lets a script go on that has begun to write, and what is sealed must come to its end.
 */
export const APPLY = script(
  FENCE,
  APPLY_COMMANDS,
  `
local refused = fence()
if refused then return refused end
if redis.call('HEXISTS', KEYS[1], 'pending') == 0 then return 0 end
local part = redis.call('LPOP', stem .. 'staged')
if part then apply(cmsgpack.unpack(part), 1) end
local left = redis.call('LLEN', stem .. 'staged')
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

/** All of the shard goes after so many seconds: seconds. Its writer is refused from here on; readers may end what they are reading. */
export const REMOVE = script(`
local owner = redis.call('HGET', KEYS[1], 'owner')
if not owner then return 'ok' end
local token = tonumber(string.match(owner, '^(%d+):')) or 0
redis.call('HSET', KEYS[1], 'owner', string.format('%.0f', token + 1) .. ':removed')
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
local fields = redis.call('HKEYS', KEYS[1])
for i = 1, #fields do
  local lane = string.match(fields[i], '^commits(/.*)$')
  if lane then redis.call('UNLINK', KEYS[2] .. lane) end
end
return 'ok'`);

/** Takes the members of `KEYS[2]` up to a score out: owner, score. No commit: it may run beside one. */
export const TRIM = script(
  FENCE,
  `
local refused = fence()
if refused then return refused end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])
return 'ok'`,
);
