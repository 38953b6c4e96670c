/** Subscriptions: all that is there, then all that comes, without gap or repeat. */
import { START, type Position } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import type { StreamFacts } from '../store/stream-facts.ts';
import type { Filter } from './filter.ts';
import { positionOf, type From } from './place.ts';
import { readForwards } from './read-stream.ts';

export type Notice =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** All selected events up to here were given. */
  | { readonly kind: 'checkpoint'; readonly position: Position }
  /** From here on events come as they are written. */
  | { readonly kind: 'caught-up' };

const CAUGHT_UP: Notice = { kind: 'caught-up' };

/** Events after a position. */
export async function* subscribeToAll(
  log: LogReader,
  from: From,
  filter: Filter | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly Notice[]> {
  let end = await log.head();
  const after = from === 'start' ? START : from === 'end' ? end : positionOf(from);
  // Whoever knows of more than is there waits until the log has come beyond it.
  const begin = after > end ? end : after;
  if (begin !== START) await log.at([begin]);
  let isLive = begin === end;
  if (isLive) yield [CAUGHT_UP];
  let considered = 0;
  for await (const { events, through } of log.follow({ after: begin }, signal)) {
    const notices: Notice[] = [];
    for (const event of events) {
      if (event.position <= after) continue;
      if (filter === undefined || filter.accepts(event)) notices.push({ kind: 'event', event });
      if (filter !== undefined && ++considered === filter.checkpointEvery) {
        notices.push({ kind: 'checkpoint', position: event.position });
        considered = 0;
      }
    }
    if (!isLive && through >= end) {
      end = await log.head();
      isLive = through >= end;
      if (isLive) notices.push(CAUGHT_UP);
    }
    yield notices;
  }
}

/** One stream's events after a revision. */
export async function* subscribeToStream(
  log: LogReader,
  stream: string,
  load: () => Promise<StreamFacts>,
  from: From,
  signal: AbortSignal,
): AsyncGenerator<readonly Notice[]> {
  const end = await log.head();
  const facts = await load();
  const first = typeof from === 'bigint' ? from + 1n : from;
  for await (const events of readForwards(log, stream, facts, first)) {
    const known = events.filter(({ position }) => position <= end);
    yield known.map((event): Notice => ({ kind: 'event', event }));
    if (known.length < events.length || signal.aborted) break;
  }
  yield [CAUGHT_UP];
  for await (const { events } of log.follow({ after: end, prefixes: [stream] }, signal))
    yield events
      .filter((event) => event.stream === stream && !(typeof from === 'bigint' && BigInt(event.revision) <= from))
      .map((event): Notice => ({ kind: 'event', event }));
}
