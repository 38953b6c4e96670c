import { DUPLICATED, RETRACTED, subjectOf, touchpointStream, type Position } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { pause } from '@throughline/runtime';
import { placeOf, sourcesOf, type Moves } from './moves.ts';

/** One touchpoint of a customer's history. */
export interface HistoryEntry {
  readonly event: RecordedEvent;
  /** The event that took it back, where one did: it counts no longer. */
  readonly takenBack: RecordedEvent | undefined;
}

/**
 * Every touchpoint that stands with these subjects, each once, retracted ones included, in no particular order: late ones
 * come late in their stream. Streams are read backwards, so that what takes a touchpoint back is met before it. Nothing but
 * headers is parsed.
 *
 * @param upTo Events after this position are left out, as if they had not come yet.
 */
export async function* historyOf(
  log: LogReader,
  subjects: readonly string[],
  moves: Moves,
  upTo: Position,
): AsyncGenerator<HistoryEntry> {
  const own = new Set(subjects);
  for (const home of sourcesOf(subjects, moves)) {
    const takenBack = new Map<string, RecordedEvent>();
    for await (const event of log.readStream(touchpointStream(home), { backwards: true })) {
      await pause();
      if (event.position > upTo) continue;
      if (event.type === RETRACTED || event.type === DUPLICATED)
        takenBack.set(String(factsOf(event)['touchpointId']), event);
      else if (own.has(placeOf(home, event, moves))) yield { event, takenBack: takenBack.get(event.id) };
    }
  }
}

function factsOf(event: RecordedEvent): Readonly<Record<string, unknown>> {
  return (event.data['facts'] ?? {}) as Readonly<Record<string, unknown>>;
}

/** The subject in whose stream an event stands. */
export function homeOfEvent(event: RecordedEvent): string {
  return subjectOf(event.stream) ?? event.stream;
}
