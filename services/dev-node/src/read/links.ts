/** Links: events of type `$>` whose data is `<revision>@<stream>`, resolved to the event they name when a reader asks for it. */
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { bytesOf, dataOf } from '../store/stored-event.ts';
import { factsOf, isThere, readForwards } from './read-stream.ts';

const LINK = '$>';

export function isLink(event: RecordedEvent): boolean {
  return event.type === LINK;
}

/** The event that a link names; undefined when it is not, or no longer, there. */
export async function linked(log: LogReader, link: RecordedEvent): Promise<RecordedEvent | undefined> {
  const [, revision, stream] = /^(\d+)@(.+)$/s.exec(Buffer.from(bytesOf(dataOf(link))).toString('utf8')) ?? [];
  if (revision === undefined || stream === undefined) return undefined;
  const facts = await factsOf(log, stream);
  if (facts.isTombstoned || !isThere(facts)) return undefined;
  for await (const [event] of readForwards(log, stream, facts, BigInt(revision)))
    return event?.revision === Number(revision) ? event : undefined;
  return undefined;
}
