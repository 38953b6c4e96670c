import { earlier, START } from '@throughline/contracts';
import type { Progress } from '../port.ts';
import type { Client } from './client.ts';
import { unpack } from './codec.ts';
import { readHandedRow, rowsFor } from './handed-row.ts';
import { script } from './script.ts';
import { keyOf, META, type ShardName } from './shard.ts';
import { FIELD, TABLE } from './view-shard.ts';

/** How far a part has come, and the oldest row that waits within each bounds: meta, handed; first, last; and again. */
const READ_PROGRESS = script(`
local meta = redis.call('HMGET', KEYS[1], 'owner', '${FIELD.progress}')
if not meta[1] then return {'absent'} end
local oldest = {}
for i = 1, #ARGV, 2 do
  oldest[#oldest + 1] = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[i], ARGV[i + 1], 'LIMIT', 0, 1)[1]
end
return {'ok', meta[2], oldest}`);

/**
 * What one part of so many lets readers be told, also while it is not complete: its own progress, held back by the oldest customer
 * that it handed over and that was not finished yet. Undefined while the part is absent.
 */
export async function toldProgress(client: Client, part: ShardName, of: number): Promise<Progress | undefined> {
  const keys = [META, TABLE.handed].map((table) => keyOf(part, table));
  const targets = of === 1 ? [] : Array.from({ length: of }, (_, target) => rowsFor(target)).flat();
  const [word, packed, oldest] = (await client.run(READ_PROGRESS, keys, targets)) as [Buffer, Buffer | null, Buffer[]];
  if (String(word) === 'absent') return undefined;
  const { position, day } = packed ? unpack<Progress>(packed) : { position: START, day: undefined };
  return { position: oldest.map((row) => readHandedRow(row).since).reduce(earlier, position), day };
}
