import {
  PARKED_CLEARED,
  REFOLD_REQUESTED,
  repairsStream,
  type ParkedCleared,
  type Position,
  type RefoldRequested,
} from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';

/** What people ask to be done about single subjects and customers of a view. */
export interface Repairs {
  /** To be folded again. */
  readonly subjects: ReadonlySet<string>;
  /** To be finished again. */
  readonly customers: ReadonlySet<string>;
  /** Ids of touchpoints that are left out for good. */
  readonly cleared: ReadonlySet<string>;
}

export const NO_REPAIRS: Repairs = { subjects: new Set(), customers: new Set(), cleared: new Set() };

export function repairsIn(events: readonly RecordedEvent[], projection: string): Repairs {
  const stream = repairsStream(projection);
  const asked = events.filter((event) => event.stream === stream);
  if (asked.length === 0) return NO_REPAIRS;
  const subjects = new Set<string>();
  const customers = new Set<string>();
  const cleared = new Set<string>();
  for (const { type, data } of asked) {
    if (type === REFOLD_REQUESTED) {
      const refold = data as RefoldRequested;
      for (const subject of refold.subjects) subjects.add(subject);
      for (const customer of refold.customers) customers.add(customer);
    } else if (type === PARKED_CLEARED) {
      for (const { id, subject } of (data as ParkedCleared).touchpoints) {
        cleared.add(id);
        subjects.add(subject);
      }
    }
  }
  return { subjects, customers, cleared };
}

/** What was cleared at or before a position. The stream is as long as people have asked. */
export async function clearedUpTo(
  log: Pick<LogReader, 'readStream'>,
  projection: string,
  upTo: Position,
): Promise<Set<string>> {
  const cleared = new Set<string>();
  for await (const event of log.readStream(repairsStream(projection))) {
    if (event.position > upTo) break;
    for (const id of repairsIn([event], projection).cleared) cleared.add(id);
  }
  return cleared;
}
