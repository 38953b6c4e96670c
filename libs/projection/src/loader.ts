import {
  DUPLICATED,
  RETRACTED,
  touchpointStream,
  type Position,
  type RetractionFacts,
  type Touchpoint,
} from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import type { Moves } from './moves.ts';

/** The log's events are touchpoints as they stand: the names are the same, and intake has checked their shape. */
export function asTouchpoint(event: RecordedEvent): Touchpoint {
  return event as unknown as Touchpoint;
}

/** Whether the event says of another that it no longer counts. */
export function isRetraction({ type }: Pick<RecordedEvent, 'type'>): boolean {
  return type === RETRACTED || type === DUPLICATED;
}

/** Why a retraction is parked that names none. */
export const NAMES_NONE = 'names no touchpoint';

/** The touchpoint that a retraction names; undefined when it names none. */
export function retractedBy(event: RecordedEvent): string | undefined {
  const facts = event.data.facts as RetractionFacts | undefined;
  return typeof facts?.touchpointId === 'string' ? facts.touchpointId : undefined;
}

/** One subject's own stream up to a position. */
export interface OwnHistory {
  /** Retracted or not. */
  readonly touchpoints: readonly RecordedEvent[];
  /** Ids that no longer count, whether or not their touchpoint is there. */
  readonly retracted: ReadonlySet<string>;
}

export async function ownHistory(
  log: Pick<LogReader, 'readStream'>,
  home: string,
  upTo: Position,
): Promise<OwnHistory> {
  const touchpoints: RecordedEvent[] = [];
  const retracted = new Set<string>();
  for await (const event of log.readStream(touchpointStream(home))) {
    if (event.position > upTo) break;
    if (!isRetraction(event)) touchpoints.push(event);
    else {
      const id = retractedBy(event);
      if (id !== undefined) retracted.add(id);
    }
  }
  return { touchpoints, retracted };
}

/**
 * The touchpoints that count for one subject up to a position: its own without the retracted and the moved away, and those
 * moved to it.
 */
export async function loadCounting(
  log: Pick<LogReader, 'readStream'>,
  subject: string,
  upTo: Position,
  moves: Moves,
): Promise<readonly RecordedEvent[]> {
  const counting: RecordedEvent[] = [];
  for (const home of moves.sources(subject)) {
    const { touchpoints, retracted } = await ownHistory(log, home, upTo);
    for (const event of touchpoints) {
      if (!retracted.has(event.id) && moves.place(home, asTouchpoint(event)) === subject) counting.push(event);
    }
  }
  return counting;
}
