/**
 * The scripts through which a shard is read: each answer is of one commit. `KEYS[1]` is `meta`. The first of what each answers is a
 * word: `ok`, or why there is no answer. Only `ok` is followed by anything.
 */
import { script } from './script.ts';

const READY = `
local meta = redis.call('HMGET', KEYS[1], 'owner', 'pending', 'complete-at')
if not meta[1] then return {'absent'} end
if meta[2] then return {'pending'} end
if meta[3] then return {'incomplete'} end`;

/** Fields of a hash, named in a list from one place to another. */
const FIELDS = `
local function fields(key, list, from, to)
  local found = {}
  for start = from, to, 4000 do
    local part = redis.call('HMGET', key, unpack(list, start, math.min(start + 3999, to)))
    for i = 1, #part do found[#found + 1] = part[i] end
  end
  return found
end`;

/** Values of fields: table; fields. */
export const READ_FIELDS = script(READY, FIELDS, `return {'ok', fields(KEYS[2], ARGV, 1, #ARGV)}`);

/** Everything in one table. */
export const READ_ALL = script(READY, `return {'ok', redis.call('HGETALL', KEYS[2])}`);

/**
 * Values of a hash in the order of their fields, those behind one: table; field, limit. Bytes are compared one by one: Lua's own order of
 * texts is that of the server's language.
 */
export const READ_PAGE = script(
  READY,
  FIELDS,
  `
local function isBelow(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local behind = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
  if isBelow(ARGV[1], field) then behind[#behind + 1] = field end
end
table.sort(behind, isBelow)
return {'ok', fields(KEYS[2], behind, 1, math.min(#behind, tonumber(ARGV[2])))}`,
);

export const READ_SIZE = script(READY, `return {'ok', redis.call('HLEN', KEYS[2])}`);

/**
 * A customer by any of its ids. Answers with each customer it may be: id, keys as decided or none, the rows of those keys,
 * the contribution. Its own id comes first: it stays its own, even when the key it was minted from now stands with another.
 *
 * Keys: standing, members, subjects, contributions.
 */
export const READ_CUSTOMER = script(
  READY,
  FIELDS,
  `
local answers = {'ok'}
local function add(id, stands)
  local packed = redis.call('HGET', KEYS[3], id)
  local keys = {}
  if packed then
    local at, key, kind = 1
    while at <= #packed do
      key, kind, at = struct.unpack('>I2c0I2c0', packed, at)
      keys[#keys + 1] = key
    end
  elseif stands == id then
    keys[1] = id
  else
    return
  end
  answers[#answers + 1] = {id, packed, fields(KEYS[4], keys, 1, #keys), redis.call('HGET', KEYS[5], id)}
end
local id = ARGV[1]
local stands = redis.call('HGET', KEYS[2], id) or id
add(id, stands)
if stands ~= id then add(stands, redis.call('HGET', KEYS[2], stands) or stands) end
return answers`,
);

/** An id: the customer it stands with, its keys as decided, its contribution: standing, members, contributions. */
export const READ_MEMBERSHIP = script(
  READY,
  `
local found = {}
for i = 1, 3 do found[i] = redis.call('HGET', KEYS[i + 1], ARGV[1]) end
return {'ok', found}`,
);

/** Contributions, and the numbers of fields: numbers, contributions; count of fields, fields, customers. */
export const READ_VALUES = script(
  READY,
  FIELDS,
  `
local count = tonumber(ARGV[1])
return {'ok', fields(KEYS[2], ARGV, 2, count + 1), fields(KEYS[3], ARGV, count + 2, #ARGV)}`,
);

/**
 * Entries of an index: numbers, index, whole; field, command, first and last (without the field's own bytes, behind the sign
 * that says whether it is included), limit. Answers with the entries and the whole values of those that are cut.
 */
export const READ_INDEX = script(
  READY,
  `
local number = redis.call('HGET', KEYS[2], ARGV[1])
if not number then return {'ok', {}, {}} end
local field = struct.pack('>I4', number)
local function bound(text) return string.sub(text, 1, 1) .. field .. string.sub(text, 2) end
local entries = redis.call(ARGV[2], KEYS[3], bound(ARGV[3]), bound(ARGV[4]), 'LIMIT', 0, ARGV[5])
local whole = {}
for i = 1, #entries do
  whole[i] = #entries[i] > 256 and redis.call('HGET', KEYS[4], entries[i]) or ''
end
return {'ok', entries, whole}`,
);

/**
 * Cells in order: cells, cell order; first, last, limit. Answers with the number of commits there were, names and values.
 */
export const READ_CELLS = script(
  READY,
  FIELDS,
  `
local names = redis.call('ZRANGEBYLEX', KEYS[3], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
return {'ok', redis.call('HGET', KEYS[1], 'commits'), names, fields(KEYS[2], names, 1, #names)}`,
);

/** Rows of identity's graph: GET or RANGE, table, field or beginning; and again. */
export const READ_GRAPH = script(
  READY,
  `
local stem = string.sub(KEYS[1], 1, -5)
local answers = {'ok'}
for i = 1, #ARGV, 3 do
  local key, name = stem .. ARGV[i + 1], ARGV[i + 2]
  if ARGV[i] == 'GET' then answers[#answers + 1] = redis.call('HGET', key, name)
  else answers[#answers + 1] = redis.call('ZRANGEBYLEX', key, '[' .. name, '[' .. name .. string.rep('\\255', 17)) end
end
return answers`,
);
