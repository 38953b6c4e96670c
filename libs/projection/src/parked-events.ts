import { NAMESPACE, PARKED_PREFIX, ThroughlineError, uuidv5 } from '@throughline/contracts';
import { tiesOf, type LogReader, type LogWriter, type NewEvent, type ParkedNote } from '@throughline/event-log';
import type { Parked } from '@throughline/read-model';

/** The parts of the log that a projection needs to say what it parked. */
export interface Announcing {
  readonly log: Pick<LogReader, 'revisions' | 'find' | 'at'>;
  readonly writer: LogWriter;
}

const ATTEMPTS = 10;

/**
 * Says in `parked-<projection>` what was parked, before the commit that parks it: said at least once, and the ids make saying
 * it again the same event.
 *
 * @returns What was not said before.
 */
export async function announceParked(
  { log, writer }: Announcing,
  { projection, version }: { projection: string; version: string },
  parked: readonly Parked[],
  occurredAt: number,
): Promise<readonly ParkedNote[]> {
  const stream = PARKED_PREFIX + projection;
  const ids = parked.map(({ stage, id }) => parkedId(projection, version, stage, id));
  const homes = await log.find(ids);
  const fresh = parked.filter((_, i) => homes[i] === undefined);
  const ties = await tiesOfTouchpoints(log, fresh);
  let events = fresh.map((entry) => eventOf(entry, projection, version, occurredAt, ties.get(entry.id)));
  const notes = fresh.map(({ id, stage }): ParkedNote => {
    const correlationId = ties.get(id)?.['$correlationId'];
    return { id, stage, ...(correlationId !== undefined && { correlationId }) };
  });
  let [expectedRevision] = await log.revisions([stream]);
  for (let attempt = 0; attempt < ATTEMPTS && events.length > 0; attempt++) {
    const [result] = await writer.append([{ stream, expectedRevision: expectedRevision!, events }]);
    if (result!.ok) return notes;
    if (result!.reason === 'WRONG_REVISION') expectedRevision = result!.actual;
    else {
      const known = new Set(result!.ids);
      events = events.filter(({ id }) => !known.has(id));
    }
  }
  if (events.length === 0) return notes;
  throw new ThroughlineError('wrong-revision', `${stream} could not be appended to.`);
}

function parkedId(projection: string, version: string, stage: string, id: string): string {
  return uuidv5(NAMESPACE.control, `parked:${projection}:${version}:${stage}:${id}`);
}

type Ties = ReturnType<typeof tiesOf>;

/** By touchpoint, what ties it to what led to it. */
async function tiesOfTouchpoints(
  log: Announcing['log'],
  parked: readonly Parked[],
): Promise<ReadonlyMap<string, Ties>> {
  const touchpoints = parked.filter(({ stage }) => stage === 'fold').map(({ id }) => id);
  const homes = await log.find(touchpoints);
  const events = await log.at(homes.flatMap((home) => (home ? [home.position] : [])));
  return new Map(events.map((event) => [event.id, { ...tiesOf(event), $causationId: event.id }]));
}

function eventOf(
  { id, stage, of, error }: Parked,
  projection: string,
  version: string,
  occurredAt: number,
  ties: Ties = {},
): NewEvent {
  return {
    id: parkedId(projection, version, stage, id),
    type: stage === 'fold' ? 'touchpoint.parked' : 'customer.parked',
    occurredAt,
    data: { projection, version, stage, of, id, error },
    metadata: { ...ties, schema: 1 },
  };
}
