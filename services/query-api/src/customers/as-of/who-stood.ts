import { identityStream, type Decision, type IdentityGraph, type Key } from '@throughline/contracts';
import type { ShownIdentity } from '@throughline/engines';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { pause } from '@throughline/runtime';
import { rulesVersion } from '@throughline/versions';
import type { FollowedLog } from '../../after/tide.ts';
import type { Known } from './known.ts';
import { concerns, inOrder, Standing, type Stood } from './standing.ts';

/** Where who stands with whom is written. */
export interface WhoKnows {
  readonly log: FollowedLog;
  readonly identity: Pick<ShownIdentity, 'current'>;
  /** The version of identity that views were read by, by what was known. */
  readonly version: string;
}

/** The decisions of one version of identity. */
interface Decisions {
  readonly log: LogReader;
  readonly stream: string;
}

/**
 * Who stood with an id by what was known: the customer of that id first, then the one that the id had gone into.
 *
 * Exact, and cheap where it can be: the graph says who stands with it now, and only the decisions made since are read. Where one of
 * them names it, or that graph is of another version of identity, the decisions are taken from the first one on. Nothing is kept of any other
 * customer.
 */
export async function whoStood(
  { log, identity, version }: WhoKnows,
  id: string,
  known: Known,
): Promise<readonly Stood[]> {
  const { reader, version: shown } = await identity.current();
  const now = shown === version ? await reader.ask((graph) => standingNow(graph, id)) : undefined;
  // The graph may hold decisions that this host's copy of the log does not yet.
  await log.caughtUp?.();
  const of: Decisions = { log, stream: identityStream(rulesVersion(version)) };
  const [last] = await log.revisions([of.stream]);
  const all = last! + 1;
  const decided = await countOf(of, all, known);
  const isCheaper = all - decided <= decided;
  if (now && isCheaper && !(await isNamed(of, decided, all, now))) return chain(now);

  const taken = async (ids: readonly string[]) =>
    await standingAfter(of, decided, await reader.ask((graph) => ids.map((each) => keyNow(graph, each))));
  const then = await taken(now?.map((stood) => stood.id) ?? [id]);
  const gone = then[0]!.customer;
  return chain(then.some((stood) => stood.id === gone) ? then : [then[0]!, ...(await taken([gone]))]);
}

function standingNow(graph: IdentityGraph, id: string): readonly Stood[] {
  const of = (customer: string): Stood => ({
    id: customer,
    keys: inOrder(
      graph
        .members(customer)
        .map((key) => keyNow(graph, key))
        .filter(({ key }) => (graph.key(key)?.customer ?? key) === customer),
    ),
    customer: graph.key(customer)?.customer ?? customer,
  });
  const own = of(id);
  return own.customer === id ? [own] : [own, of(own.customer)];
}

function keyNow(graph: IdentityGraph, key: string): Key {
  return { type: graph.key(key)?.type ?? 'unknown', key };
}

/** The id itself, and where it had gone. */
function chain(stood: readonly Stood[]): readonly Stood[] {
  const [own] = stood;
  const other = stood.find(({ id }) => id === own!.customer && id !== own!.id);
  return other ? [own!, other] : [own!];
}

/**
 * How many decisions, from the first one on, are known: those caused by what is. A decision follows its cause at once, but it does
 * follow it; what was known is what led to it. It bears the time at which its cause was recorded.
 */
async function countOf(of: Decisions, all: number, { at, upTo }: Known): Promise<number> {
  const isDecided = ({ occurredAt, data }: RecordedEvent) => at.reaches(occurredAt) && (data as Decision).cause <= upTo;
  let [low, high, probe] = [0, all, all - 1];
  while (low < high) {
    const event = await decision(of, probe);
    if (isDecided(event)) low = probe + 1;
    else high = probe;
    probe = (low + high) >>> 1;
  }
  return low;
}

async function decision({ log, stream }: Decisions, revision: number): Promise<RecordedEvent> {
  for await (const event of log.readStream(stream, { from: revision, limit: 1 })) return event;
  throw new RangeError('A stream has no event at a revision below its last.');
}

async function isNamed(of: Decisions, from: number, to: number, stood: readonly Stood[]): Promise<boolean> {
  for await (const data of decisions(of, from, to)) if (stood.some(({ id }) => concerns(data, id))) return true;
  return false;
}

/** Who stood with these after the first so many decisions. */
async function standingAfter(of: Decisions, decided: number, ids: readonly Key[]): Promise<readonly Stood[]> {
  const standings = ids.map((self) => new Standing(self));
  for await (const data of decisions(of, 0, decided)) for (const standing of standings) standing.apply(data);
  return standings.map(({ stood }) => stood);
}

async function* decisions({ log, stream }: Decisions, from: number, to: number): AsyncGenerator<Decision> {
  if (from >= to) return;
  for await (const { data } of log.readStream(stream, { from, limit: to - from })) {
    await pause();
    yield data as Decision;
  }
}
