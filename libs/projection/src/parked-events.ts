import { NAMESPACE, PARKED_PREFIX, ThroughlineError, uuidv5 } from '@throughline/contracts';
import type { LogReader, LogWriter, NewEvent } from '@throughline/event-log';
import type { Parked } from '@throughline/read-model';

/** The parts of the log that a projection needs to say what it parked. */
export interface Announcing {
  readonly log: Pick<LogReader, 'revisions' | 'find'>;
  readonly writer: LogWriter;
}

const ATTEMPTS = 10;

/**
 * Says in `parked-<projection>` what was parked, before the commit that parks it: said at least once, and the ids make saying
 * it again the same event.
 */
export async function announceParked(
  { log, writer }: Announcing,
  { projection, version }: { projection: string; version: string },
  parked: readonly Parked[],
  occurredAt: number,
): Promise<void> {
  const stream = PARKED_PREFIX + projection;
  const all = parked.map((entry) => eventOf(entry, projection, version, occurredAt));
  const homes = await log.find(all.map(({ id }) => id));
  let events = all.filter((_, i) => homes[i] === undefined);
  let [expectedRevision] = await log.revisions([stream]);
  for (let attempt = 0; attempt < ATTEMPTS && events.length > 0; attempt++) {
    const [result] = await writer.append([{ stream, expectedRevision: expectedRevision!, events }]);
    if (result!.ok) return;
    if (result!.reason === 'WRONG_REVISION') expectedRevision = result!.actual;
    else {
      const known = new Set(result!.ids);
      events = events.filter(({ id }) => !known.has(id));
    }
  }
  if (events.length === 0) return;
  throw new ThroughlineError('wrong-revision', `${stream} could not be appended to.`);
}

function eventOf({ id, stage, of, error }: Parked, projection: string, version: string, occurredAt: number): NewEvent {
  return {
    id: uuidv5(NAMESPACE.control, `parked:${projection}:${version}:${stage}:${id}`),
    type: stage === 'fold' ? 'touchpoint.parked' : 'customer.parked',
    occurredAt,
    data: { projection, version, stage, of, id, error },
    metadata: { schema: 1 },
  };
}
