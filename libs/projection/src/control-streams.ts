import { CLOCK, IDENTITY_REQUESTS, START, TOUCHPOINT_PREFIX, type Day, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';

const DAY_MS = 86_400_000;

/** What holds for every customer, and so for every share. */
export function controlStreams(identity: string): readonly string[] {
  return [identity, IDENTITY_REQUESTS, CLOCK];
}

/**
 * The day before the first tick: the one the log began on, UTC, whoever its events are for. Undefined before the first of them, and where
 * that comes behind `upTo`.
 */
export async function firstDay(
  log: Pick<LogReader, 'read'>,
  identity: string,
  upTo?: Position,
): Promise<Day | undefined> {
  const prefixes = [TOUCHPOINT_PREFIX, ...controlStreams(identity)];
  for await (const { events } of log.read({ after: START, prefixes, batch: 1, ...(upTo !== undefined && { upTo }) })) {
    if (events.length > 0) return Math.floor(events[0]!.recordedAt / DAY_MS);
  }
  return undefined;
}
