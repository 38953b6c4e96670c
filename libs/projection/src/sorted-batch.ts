import {
  CLOCK,
  dayFromText,
  DUPLICATED,
  IDENTITY_REQUESTS,
  RETRACTED,
  subjectOf,
  ThroughlineError,
  type Day,
  type Decision,
  type MoveRequested,
  type RequestUndone,
} from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';

/** What came for one subject's stream. */
export interface Arrivals {
  readonly touchpoints: RecordedEvent[];
  readonly retractions: RecordedEvent[];
}

/** A request of a steward that moves touchpoints, or takes an earlier request back. */
export type MoveEvent =
  | { readonly event: RecordedEvent; readonly move: MoveRequested }
  | { readonly event: RecordedEvent; readonly undone: string };

/** A batch of the log by what it is for. Only decisions keep their order: nothing else depends on any. */
export interface SortedBatch {
  readonly arrivals: ReadonlyMap<string, Arrivals>;
  readonly decisions: readonly Decision[];
  readonly moves: readonly MoveEvent[];
  /** The latest open day that ticks of this batch began. */
  readonly opened: Day | undefined;
}

/**
 * @throws ThroughlineError `projection-stopped` for a decision, request or tick that cannot be read: these hold for every
 *   customer, so none may be left out.
 */
export function sortBatch(events: readonly RecordedEvent[], identity: string): SortedBatch {
  const arrivals = new Map<string, Arrivals>();
  const decisions: Decision[] = [];
  const moves: MoveEvent[] = [];
  let opened: Day | undefined;
  for (const event of events) {
    const subject = subjectOf(event.stream);
    if (subject !== undefined) {
      let arrived = arrivals.get(subject);
      if (arrived === undefined) arrivals.set(subject, (arrived = { touchpoints: [], retractions: [] }));
      const kind = event.type === RETRACTED || event.type === DUPLICATED ? arrived.retractions : arrived.touchpoints;
      kind.push(event);
    } else if (event.stream === identity) decisions.push(...readDecision(event));
    else if (event.stream === IDENTITY_REQUESTS) moves.push(...readMove(event));
    else if (event.stream === CLOCK) {
      const day = readTick(event);
      if (day !== undefined) opened = Math.max(opened ?? day, day);
    }
  }
  return { arrivals, decisions, moves, opened };
}

function readDecision(event: RecordedEvent): Decision[] {
  const decision = event.data as Decision;
  const readable =
    typeof decision.customer === 'string' &&
    Array.isArray(decision.keys) &&
    decision.keys.every(({ type, key }) => typeof type === 'string' && typeof key === 'string');
  if (!readable) throw unreadable(event);
  return decision.keys.length > 0 ? [decision] : [];
}

function readMove(event: RecordedEvent): MoveEvent[] {
  if (event.type === 'identity.request-undone') {
    const { requestId } = event.data as RequestUndone;
    if (typeof requestId !== 'string') throw unreadable(event);
    return [{ event, undone: requestId }];
  }
  if (event.type !== 'identity.move-requested') return [];
  const move = event.data as MoveRequested;
  if (typeof move.from !== 'string' || typeof move.to !== 'string') throw unreadable(event);
  if (move.touchpoints === undefined && move.span === undefined) throw unreadable(event);
  if (move.span && !(Date.parse(move.span.from) <= Date.parse(move.span.to))) throw unreadable(event);
  return [{ event, move }];
}

function readTick(event: RecordedEvent): Day | undefined {
  if (event.type !== 'day.closed') return undefined;
  const closed = typeof event.data.day === 'string' ? dayFromText(event.data.day) : undefined;
  if (closed === undefined) throw unreadable(event);
  return closed + 1;
}

function unreadable({ type, stream, position, id }: RecordedEvent): ThroughlineError {
  return new ThroughlineError('projection-stopped', `${type} ${id} in ${stream} at ${position} cannot be read.`);
}
