import { repairsStream, ThroughlineError, type Position } from '@throughline/contracts';
import type { LogReader, LogWriter, NewEvent } from '@throughline/event-log';

/** Attempts at an append while others write to the same stream. */
const ATTEMPTS = 10;

/**
 * Appends to the end of a projection's repairs, wherever that is by now: nothing is decided by what stands there.
 *
 * @returns where the last of the events stands.
 * @throws ThroughlineError `wrong-revision` when others never stop writing.
 */
export async function appendRepairs(
  log: Pick<LogReader, 'revisions'> & LogWriter,
  projection: string,
  events: readonly NewEvent[],
): Promise<Position> {
  const stream = repairsStream(projection);
  let [expectedRevision] = await log.revisions([stream]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [result] = await log.append([{ stream, expectedRevision: expectedRevision!, events }]);
    if (result!.ok) return result!.position;
    if (result!.reason === 'KNOWN_ID') throw new Error('an id that was just made is known already');
    expectedRevision = result!.actual;
  }
  throw new ThroughlineError('wrong-revision');
}
