import type { Position } from '@throughline/contracts';
import { behind, type LogReader } from '@throughline/event-log';

/** While what readers are given lacks an event that is older than this, what is built beside it rests, seconds; until it is younger than `CAUGHT_UP`. */
const BEHIND = 1;
const CAUGHT_UP = 0.3;

/** Whether who has come this far keeps up with the log. @param keptUp Whether it did when it was asked last. */
export async function keepsPace(
  log: Pick<LogReader, 'head' | 'read'>,
  through: Position,
  keptUp: boolean,
): Promise<boolean> {
  const { seconds } = await behind(log, through);
  return seconds <= (keptUp ? BEHIND : CAUGHT_UP);
}
