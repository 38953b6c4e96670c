import { START, subjectOf, Tallying, TOUCHPOINT_PREFIX } from '@throughline/contracts';
import { idWords } from '@throughline/event-log';
import { isRetraction, retractedBy } from '../loader.ts';
import { SHARDS, shardOf } from './shards.ts';
import type { Builder, Surveyed, SurveyTask, Tell } from './task.ts';

/**
 * Reads all touchpoint streams by their common prefix and tells the shards apart by itself, so what it counts is evidence against
 * what was folded out of each shard's own streams.
 */
export async function survey<F, V>(
  { log, brake, limits }: Builder<F, V>,
  { upTo, shards }: SurveyTask,
  tell: Tell,
): Promise<Surveyed> {
  const tallyings = Array.from<Tallying | undefined>({ length: SHARDS });
  for (const shard of shards) tallyings[shard] = new Tallying();
  const gone = new Map<string, Set<string>>();
  const reading = { after: START, upTo, prefixes: [TOUCHPOINT_PREFIX], batch: limits.batch };
  for await (const { events } of log.read(reading)) {
    await brake.check();
    let touchpoints = 0;
    for (const event of events) {
      const home = subjectOf(event.stream)!;
      const tallying = tallyings[shardOf(home)];
      if (tallying === undefined) continue;
      touchpoints++;
      tallying.add(idWords(event));
      if (!isRetraction(event)) continue;
      const id = retractedBy(event);
      if (id === undefined) continue;
      const ids = gone.get(home);
      if (ids) ids.add(id);
      else gone.set(home, new Set([id]));
    }
    tell({ touchpoints });
  }
  return {
    tallies: shards.map((shard) => [shard, tallyings[shard]!.tally]),
    gone: Array.from(gone, ([home, ids]) => [home, [...ids]] as const),
  };
}
