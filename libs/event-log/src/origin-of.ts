import { START } from '@throughline/contracts';
import type { LogReader } from './port.ts';

/**
 * What tells a log from every other: its first event, by id and time. Positions of two logs may look alike, and whoever keeps
 * one keeps this beside it. Waits for the first event; undefined when the signal aborts before.
 */
export async function originOf(log: Pick<LogReader, 'follow'>, signal: AbortSignal): Promise<string | undefined> {
  for await (const { events } of log.follow({ after: START, batch: 1 }, signal)) {
    const first = events[0];
    if (first) return `${first.id}@${first.recordedAt}`;
  }
  return undefined;
}
