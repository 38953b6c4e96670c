/** Streams.Read: reading and subscribing, to one stream or to all, as the options say. */
import { randomUUID } from 'node:crypto';
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { filterOf, type Filter } from '../read/filter.ts';
import { isLink, linked } from '../read/links.ts';
import type { From } from '../read/place.ts';
import { allForwards, type BackwardsReader } from '../read/read-all.ts';
import { factsOf, isThere, readBackwards, readForwards } from '../read/read-stream.ts';
import { subscribeToAll, subscribeToStream, type Notice } from '../read/subscribe.ts';
import { isTombstone } from '../store/stored-event.ts';
import type { ReadReq } from './protocol.ts';
import {
  caughtUp,
  checkpoint,
  confirmation,
  eventMessage,
  linkMessage,
  streamNotFound,
  type IdForm,
} from './read-answers.ts';
import { invalidArgument, refusalOf, streamDeleted, unavailable } from './refusals.ts';
import { Replies } from './replies.ts';
import { fromOf, streamOf } from './requests.ts';

/** EventStoreDB looks at so many events at a time, when the client does not say otherwise. */
const SEARCH_WINDOW = 32;

export interface ReadSource {
  readonly log: LogReader;
  readonly backwards: BackwardsReader;
  /** Aborted when the node closes. */
  readonly closing: AbortSignal;
}

type Options = NonNullable<ReturnType<ReadReq['getOptions']>>;

/** What one call reads, and where its replies go. */
interface Reading {
  readonly source: ReadSource;
  readonly options: Options;
  readonly idForm: IdForm;
  readonly replies: Replies<Buffer>;
}

export function handleRead(source: ReadSource): handleServerStreamingCall<ReadReq, Buffer> {
  return (call) => {
    const replies = new Replies(call, source.closing);
    serve(source, call.request, replies).then(
      () => (source.closing.aborted ? call.emit('error', unavailable('The development node is closing.')) : call.end()),
      (error: unknown) => call.emit('error', refusalOf(error)),
    );
  };
}

async function serve(source: ReadSource, request: ReadReq, replies: Replies<Buffer>): Promise<void> {
  const options = request.getOptions();
  if (!options) throw invalidArgument('What to read is not said.');
  const idForm: IdForm = options.getUuidOption()?.hasString() ? 'string' : 'structured';
  const reading = { source, options, idForm, replies };
  await (options.hasSubscription() ? subscribe(reading) : read(reading));
}

async function read(reading: Reading): Promise<void> {
  const { source, options, replies } = reading;
  const filter = filterIn(options);
  const pages = options.hasStream() ? await pagesOfStream(reading) : pagesOfAll(source, options);
  let left = BigInt(options.getCount());
  if (pages === undefined || left <= 0n) return;
  for await (const page of pages) {
    for (const event of page) {
      if (filter !== undefined && !filter.accepts(event)) continue;
      const sent = sendEvent(reading, event);
      if (sent) await sent;
      if (replies.gone.aborted || --left === 0n) return;
    }
  }
}

/** Sends an event; a promise only when there is something to wait for, for there can be a million of them. */
function sendEvent(reading: Reading, event: RecordedEvent): Promise<void> | undefined {
  const { options, idForm, replies } = reading;
  if (options.getResolveLinks() && isLink(event)) return sendLink(reading, event);
  return replies.send(eventMessage(event, idForm));
}

async function sendLink({ source, idForm, replies }: Reading, link: RecordedEvent): Promise<void> {
  await replies.send(linkMessage(link, await linked(source.log, link), idForm));
}

type Pages = AsyncIterable<readonly RecordedEvent[]>;

function pagesOfAll({ log, backwards }: ReadSource, options: Options): Pages {
  const from = fromAll(options);
  return isForwards(options) ? allForwards(log, from) : backwards.read(from);
}

async function pagesOfStream({ source: { log }, options, replies }: Reading): Promise<Pages | undefined> {
  const { stream, from } = fromStream(options);
  const facts = await factsOf(log, stream);
  if (facts.isTombstoned) throw streamDeleted(stream);
  if (!isThere(facts)) {
    await replies.send(streamNotFound(stream));
    return undefined;
  }
  return isForwards(options) ? readForwards(log, stream, facts, from) : readBackwards(log, stream, facts, from);
}

async function subscribe(reading: Reading): Promise<void> {
  const { source, options, replies } = reading;
  const { log } = source;
  if (!isForwards(options)) throw invalidArgument('A subscription reads forwards.');
  if (!options.hasStream())
    return deliver(reading, subscribeToAll(log, fromAll(options), filterIn(options), replies.gone));
  const { stream, from } = fromStream(options);
  const load = async () => {
    const facts = await factsOf(log, stream);
    if (facts.isTombstoned) throw streamDeleted(stream);
    return facts;
  };
  await deliver(reading, subscribeToStream(log, stream, load, from, replies.gone), (event) => {
    if (isTombstone(event)) throw streamDeleted(stream);
  });
}

async function deliver(
  reading: Reading,
  notices: AsyncIterable<readonly Notice[]>,
  check?: (event: RecordedEvent) => void,
): Promise<void> {
  const { replies } = reading;
  await replies.send(confirmation(randomUUID()));
  for await (const page of notices) {
    for (const notice of page) {
      if (replies.gone.aborted) return;
      const sent = sendNotice(reading, notice, check);
      if (sent) await sent;
    }
  }
}

function sendNotice(
  reading: Reading,
  notice: Notice,
  check: ((event: RecordedEvent) => void) | undefined,
): Promise<void> | undefined {
  switch (notice.kind) {
    case 'event':
      check?.(notice.event);
      return sendEvent(reading, notice.event);
    case 'checkpoint':
      return reading.replies.send(checkpoint(notice.position));
    case 'caught-up':
      return reading.replies.send(caughtUp());
  }
}

const isForwards = (options: Options) => options.getReadDirection() === 0;

function fromAll(options: Options): From {
  const all = options.getAll();
  if (!all) throw invalidArgument('Neither a stream nor $all is asked for.');
  return fromOf(all, all.getPosition()?.getCommitPosition());
}

function fromStream(options: Options): { readonly stream: string; readonly from: From } {
  const named = options.getStream()!;
  const stream = streamOf(named.getStreamIdentifier());
  return { stream, from: fromOf(named, named.hasRevision() ? named.getRevision() : undefined) };
}

function filterIn(options: Options): Filter | undefined {
  const filter = options.getFilter();
  if (!filter) return undefined;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  if (!expression) throw invalidArgument('The filter filters nothing.');
  const window = filter.hasMax() ? filter.getMax() : SEARCH_WINDOW;
  try {
    return filterOf({
      on: filter.hasStreamIdentifier() ? 'stream' : 'type',
      regex: expression.getRegex(),
      prefixes: expression.getPrefixList(),
      checkpointEvery: window * filter.getCheckpointintervalmultiplier(),
    });
  } catch {
    throw invalidArgument('The filter is no regular expression.');
  }
}
