import { earlier, START, TOUCHPOINT_PREFIX, type Position } from '@throughline/contracts';
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
  const { touchpoints = 0, position: after = START } = tallied ?? {};
  let value = touchpoints;
  for await (const { events } of log.read({ after, upTo, prefixes: [TOUCHPOINT_PREFIX] })) {
    value += events.length;
    await pause();
  }
  if (!tallied) return { value, from: 'counted', how: 'They were counted in the log for this estimate.' };
  return {
    value,
    from: 'live-tally',
    how: 'The live version has counted what it folded; what came since was counted now.',
  };
}

/** Undefined where there is none, or it has not counted. */
async function talliedByLive(
  shelf: VersionShelf,
): Promise<{ readonly touchpoints: number; readonly position: Position } | undefined> {
  const live = await shelf.current();
  const snapshot = live === undefined ? undefined : await shelf.snapshot(live);
  if (!snapshot) return undefined;
  try {
    const tallies = snapshot.checkpoints.flatMap(({ tally }) => tally ?? []);
    if (tallies.length === 0) return undefined;
    return {
      touchpoints: tallies.reduce((sum, { touchpoints }) => sum + touchpoints, 0),
      position: snapshot.checkpoints.map(({ position }) => position).reduce(earlier),
    };
  } finally {
    await snapshot.close();
  }
}
