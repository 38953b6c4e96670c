/** Reading one stream as its metadata shows it. */
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { baseOf, factsFrom, loadFacts, type StreamFacts } from '../store/stream-facts.ts';
import { isDeleted } from '../store/stream-metadata.ts';
import type { From } from './place.ts';

const PAGE = 64;

export async function factsOf(log: LogReader, stream: string): Promise<StreamFacts> {
  const [base] = await loadFacts(log, [baseOf(stream)]);
  return factsFrom(base!, stream);
}

/** Whether a reader finds the stream: it has had events, and was not deleted since. */
export function isThere({ last, metadata }: StreamFacts): boolean {
  return last >= 0 && !isDeleted(metadata);
}

/** Events from a revision on, which is one of them. */
export async function* readForwards(
  log: LogReader,
  stream: string,
  facts: StreamFacts,
  from: From,
): AsyncGenerator<readonly RecordedEvent[]> {
  if (from === 'end') return;
  const { lowest, since } = shown(facts);
  const first = Math.max(lowest, from === 'start' ? 0 : Number(from));
  if (first > facts.last) return;
  yield* pages(log.readStream(stream, { from: first }), (event) => event.recordedAt >= since);
}

/** Events from a revision on, which is one of them, towards the first. */
export async function* readBackwards(
  log: LogReader,
  stream: string,
  facts: StreamFacts,
  from: From,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { lowest, since } = shown(facts);
  const first = from === 'start' ? 0 : from === 'end' ? facts.last : Math.min(facts.last, Number(from));
  if (first < lowest) return;
  const events = log.readStream(stream, { from: first, backwards: true, limit: first - lowest + 1 });
  yield* pages(events, (event) => event.recordedAt >= since);
}

/** The first revision that neither count nor truncation cuts off, and the time before which events are too old. */
function shown({ last, metadata }: StreamFacts): { readonly lowest: number; readonly since: number } {
  return {
    lowest: Math.max(0, metadata.truncateBefore, last - metadata.maxCount + 1),
    since: Date.now() - metadata.maxAge,
  };
}

async function* pages(
  events: AsyncIterable<RecordedEvent>,
  isShown: (event: RecordedEvent) => boolean,
): AsyncGenerator<readonly RecordedEvent[]> {
  let page: RecordedEvent[] = [];
  for await (const event of events) {
    if (isShown(event)) page.push(event);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
