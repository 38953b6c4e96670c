import { earlier, START, type Position } from '@throughline/contracts';
import type { Progress } from '../port.ts';
import type { Client } from './client.ts';
import { unpack } from './codec.ts';
import { readHandedRow, rowsFor } from './handed-row.ts';
import { script } from './script.ts';
import { COMPLETE_AT, keyOf, META, type ShardName } from './shard.ts';
import { FIELD, TABLE } from './view-shard.ts';

/** How far a part has come, and the oldest row that waits within each bounds: meta, handed; first, last; and again. */
const READ_PROGRESS = script(`
local meta = redis.call('HMGET', KEYS[1], 'owner', '${FIELD.progress}', '${COMPLETE_AT}')
if not meta[1] then return {'absent'} end
local oldest = {}
for i = 1, #ARGV, 2 do
  oldest[#oldest + 1] = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[i], ARGV[i + 1], 'LIMIT', 0, 1)[1]
end
return {'ok', meta[2], oldest, meta[3]}`);

export interface Told {
  /** Its own progress, held back by the oldest customer that it handed over and that is not finished yet. */
  readonly progress: Progress;
  /** What it must reach before it answers; undefined once it does. */
  readonly completeAt: Position | undefined;
  /** Whether readers were ever told of any: not of a version that is still being built. */
  readonly isBuilt: boolean;
}

/** What one part of so many lets readers be told. Undefined while it is absent. */
export async function toldProgress(client: Client, part: ShardName, of: number): Promise<Told | undefined> {
  const keys = [META, TABLE.handed].map((table) => keyOf(part, table));
  const targets = of === 1 ? [] : Array.from({ length: of }, (_, target) => rowsFor(target)).flat();
  const reply = await client.run(READ_PROGRESS, keys, targets);
  const [word, packed, oldest, completeAt] = reply as [Buffer, Buffer | null, Buffer[], Buffer | null];
  if (String(word) === 'absent') return undefined;
  const { position, day } = packed ? unpack<Progress>(packed) : { position: START, day: undefined };
  return {
    progress: { position: oldest.map((row) => readHandedRow(row).since).reduce(earlier, position), day },
    completeAt: completeAt === null ? undefined : (String(completeAt) as Position),
    isBuilt: packed !== null,
  };
}
