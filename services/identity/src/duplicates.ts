/**
 * Several writers can race to append one id to two streams: each looks whether the id is known, and neither sees the other's.
 * Whoever sees all events declares the later copy a duplicate, in the copy's own stream, where it counts as a retraction.
 */
import { DUPLICATED, NAMESPACE, RETRACTED, subjectOf, ThroughlineError, uuidv5 } from '@throughline/contracts';
import type { LogReader, LogWriter, RecordedEvent } from '@throughline/event-log';

/** Declares those events of a batch whose id stood elsewhere before them. Declaring again changes nothing. */
export async function declareDuplicates(
  log: Pick<LogReader, 'find'>,
  writer: LogWriter,
  events: readonly RecordedEvent[],
): Promise<void> {
  const touchpoints = events.filter(
    ({ stream, type }) => subjectOf(stream) !== undefined && type !== RETRACTED && type !== DUPLICATED,
  );
  const homes = await log.find(touchpoints.map(({ id }) => id));
  for (const [i, touchpoint] of touchpoints.entries()) {
    const home = homes[i];
    if (home && home.position < touchpoint.position) await declare(writer, touchpoint);
  }
}

async function declare(
  writer: LogWriter,
  { stream, id, revision, occurredAt, position }: RecordedEvent,
): Promise<void> {
  const duplicated = {
    id: uuidv5(NAMESPACE.control, `${DUPLICATED} ${stream} ${id}`),
    type: DUPLICATED,
    occurredAt,
    data: { keys: [], facts: { touchpointId: id } },
    metadata: { source: 'throughline/identity', sourceId: position, schema: 1 },
  };
  for (let expectedRevision = revision; ;) {
    const [result] = await writer.append([{ stream, expectedRevision, events: [duplicated] }]);
    // Known already: a run before this one declared it.
    if (!result || result.ok || result.reason === 'KNOWN_ID') return;
    if (result.actual < revision) throw new ThroughlineError('wrong-revision', 'A stream has lost events.');
    expectedRevision = result.actual;
  }
}
