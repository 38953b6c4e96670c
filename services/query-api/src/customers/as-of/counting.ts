import { DUPLICATED, RETRACTED, touchpointStream, upcast, type Touchpoint } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { pause } from '@throughline/runtime';
import { placeOf, sourcesOf, type Moves } from '../history/moves.ts';
import { isKnown, type Known } from './known.ts';

/**
 * The touchpoints that were known to count for these subjects, whenever they happened. Each stream is read in its order, since folds
 * take what comes in order of time fastest; and twice, since what takes a touchpoint back comes after it.
 */
export async function* countingThen(
  log: LogReader,
  subjects: readonly string[],
  moves: Moves,
  known: Known,
): AsyncGenerator<Touchpoint> {
  const own = new Set(subjects);
  for (const home of sourcesOf(subjects, moves)) {
    const takenBack = new Set<unknown>();
    for await (const event of knownIn(log, home, known)) if (isRetraction(event)) takenBack.add(takenBackBy(event));
    for await (const event of knownIn(log, home, known)) {
      if (isRetraction(event) || takenBack.has(event.id) || !own.has(placeOf(home, event, moves))) continue;
      const touchpoint = upcast(event as unknown as Touchpoint);
      if (touchpoint.data.keys.length > 0) yield touchpoint;
    }
  }
}

async function* knownIn(log: LogReader, home: string, known: Known): AsyncGenerator<RecordedEvent> {
  for await (const event of log.readStream(touchpointStream(home))) {
    await pause();
    if (event.position > known.upTo) return;
    if (isKnown(known, event)) yield event;
  }
}

function isRetraction({ type }: RecordedEvent): boolean {
  return type === RETRACTED || type === DUPLICATED;
}

function takenBackBy({ data }: RecordedEvent): unknown {
  return (data as { readonly facts?: { readonly touchpointId?: unknown } }).facts?.touchpointId;
}
