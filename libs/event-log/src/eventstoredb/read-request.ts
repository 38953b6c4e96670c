/** The questions of the protocol's one reading call. */
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { START, type Position } from '@throughline/contracts';
import { serverPosition } from './position.ts';

/** Streams of the server's own begin with it. */
export const SYSTEM_PREFIX = '$';
const NOT_SYSTEM = '^[^$]';
/** The server tells how far it has looked at least every so many events that a filter leaves out: this times its window of 32. */
const CHECKPOINT_EVERY = 32;

const { Options } = streams.ReadReq;
const FORWARDS = 0;
const BACKWARDS = 1;

/** All events, of streams with one of the prefixes or of all streams but the server's own, from after a position on, live. */
export function subscribeToAll(after: Position, prefixes: readonly string[] | undefined): ReadReq {
  const options = allFrom(after, prefixes);
  options.setSubscription(new Options.SubscriptionOptions());
  return request(options);
}

/** All events that are there, from a position on, that one included. */
export function readAll(from: Position, prefixes: readonly string[] | undefined, count: number): ReadReq {
  const options = allFrom(from, prefixes);
  options.setReadDirection(FORWARDS);
  options.setCount(String(count));
  return request(options);
}

/** The last event of all. */
export function readLast(): ReadReq {
  const options = new Options();
  const all = new Options.AllOptions();
  all.setEnd(new shared.Empty());
  options.setAll(all);
  options.setFilter(filter(undefined));
  options.setReadDirection(BACKWARDS);
  options.setCount('1');
  return request(options);
}

/** A stream's events from a revision on, or from the end backwards. */
export function readStream(
  stream: string,
  { from, backwards, count }: { from: number | undefined; backwards: boolean; count: number },
): ReadReq {
  const options = new Options();
  const place = new Options.StreamOptions();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  place.setStreamIdentifier(identifier);
  if (from !== undefined) place.setRevision(String(from));
  else if (backwards) place.setEnd(new shared.Empty());
  else place.setStart(new shared.Empty());
  options.setStream(place);
  options.setNoFilter(new shared.Empty());
  options.setReadDirection(backwards ? BACKWARDS : FORWARDS);
  options.setCount(String(count));
  return request(options);
}

function allFrom(position: Position, prefixes: readonly string[] | undefined) {
  const options = new Options();
  const all = new Options.AllOptions();
  if (position === START) all.setStart(new shared.Empty());
  else {
    const { commit, prepare } = serverPosition(position);
    const from = new Options.Position();
    from.setCommitPosition(commit);
    from.setPreparePosition(prepare);
    all.setPosition(from);
  }
  options.setAll(all);
  options.setFilter(filter(prefixes));
  return options;
}

function filter(prefixes: readonly string[] | undefined) {
  const expression = new Options.FilterOptions.Expression();
  if (prefixes === undefined) expression.setRegex(NOT_SYSTEM);
  else expression.setPrefixList([...prefixes]);
  const options = new Options.FilterOptions();
  options.setStreamIdentifier(expression);
  options.setMax(32);
  options.setCheckpointintervalmultiplier(CHECKPOINT_EVERY);
  return options;
}

function request(options: InstanceType<typeof Options>): ReadReq {
  const ids = new Options.UUIDOption();
  ids.setString(new shared.Empty());
  options.setUuidOption(ids);
  options.setResolveLinks(false);
  const read = new streams.ReadReq();
  read.setOptions(options);
  return read;
}
