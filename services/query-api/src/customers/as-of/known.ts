import { PARKED_CLEARED, repairsStream, type ParkedCleared, type Position } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import type { Moment } from './moments.ts';

/** What of the log counts as known. */
export interface Known {
  /** The log's own clock is asked: when it recorded an event. */
  readonly at: Moment;
  /** Identity has decided on everything up to here; what came after it is left out. */
  readonly upTo: Position;
}

export function isKnown({ at, upTo }: Known, { recordedAt, position }: RecordedEvent): boolean {
  return position <= upTo && at.reaches(recordedAt);
}

/** What a projection was known to leave out for good. */
export async function clearedThen(log: LogReader, projection: string, known: Known): Promise<ReadonlySet<string>> {
  const cleared = new Set<string>();
  for await (const event of log.readStream(repairsStream(projection))) {
    if (event.type !== PARKED_CLEARED || !isKnown(known, event)) continue;
    for (const { id } of (event.data as ParkedCleared).touchpoints) cleared.add(id);
  }
  return cleared;
}
