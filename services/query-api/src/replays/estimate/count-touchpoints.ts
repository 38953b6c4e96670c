import { START, TOUCHPOINT_PREFIX, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { VersionShelf } from '@throughline/read-model';
import { pause } from '@throughline/runtime';
import type { TouchpointsEstimate } from './estimate.dto.ts';

/** How many touchpoints a replay reads: what the live version counted as it folded them, or by counting. */
export async function countTouchpoints(
  log: LogReader,
  shelf: VersionShelf,
  upTo: Position,
): Promise<TouchpointsEstimate> {
  const tallied = await talliedByLive(shelf);
  if (tallied !== undefined) {
    return { value: tallied, from: 'live-tally', how: 'The live version has counted what it folded.' };
  }
  let value = 0;
  for await (const { events } of log.read({ after: START, upTo, prefixes: [TOUCHPOINT_PREFIX] })) {
    value += events.length;
    await pause();
  }
  return { value, from: 'counted', how: 'They were counted in the log for this estimate.' };
}

/** Undefined where there is none, or it has not counted. */
async function talliedByLive(shelf: VersionShelf): Promise<number | undefined> {
  const live = await shelf.current();
  const snapshot = live === undefined ? undefined : await shelf.snapshot(live);
  if (!snapshot) return undefined;
  try {
    const tallies = snapshot.checkpoints.flatMap(({ tally }) => tally ?? []);
    return tallies.length === 0 ? undefined : tallies.reduce((sum, { touchpoints }) => sum + touchpoints, 0);
  } finally {
    await snapshot.close();
  }
}
