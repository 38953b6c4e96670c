/**
 *  ┌─ open ──▶ follow ──▶ decide ──▶ append ──▶ commit ─┐
 *  │             ▲                    │ ▲               │
 *  │             └────────────────────┼─┼───────────────┘
 *  │                          unknown outcome: again
 *  └ stored graph missing, of another log, or ahead of this one: cleared, and everything is decided again
 *
 * The decisions are in the log before the graph that led to them is kept. A process that dies in between decides the same
 * again from the same graph, with the same ids at the same revisions, and the log answers that it has them: killing it at
 * any moment loses and doubles nothing.
 */
import {
  DUPLICATED,
  IDENTITY_REQUESTS,
  identityStream,
  problemCode,
  PROBLEMS,
  RETRACTED,
  START,
  subjectOf,
  ThroughlineError,
  TOUCHPOINT_PREFIX,
  type Position,
  type RequestType,
  type TouchpointData,
} from '@throughline/contracts';
import {
  CauseNotes,
  NO_STREAM,
  originOf,
  tiesOf,
  type Append,
  type AppendResult,
  type LogReader,
  type LogWriter,
  type RecordedEvent,
  type Watch,
} from '@throughline/event-log';
import { Resolver, WorkingGraph, type DecisionEvent, type Rules } from '@throughline/identity';
import type { Brake } from '@throughline/projection';
import type { IdentityCheckpoint, IdentityProgress, IdentityStore } from '@throughline/read-model';
import { setTimeout as wait } from 'node:timers/promises';
import { declareDuplicates } from './duplicates.ts';
import { readRetraction } from './retraction.ts';

export interface RunIdentity {
  readonly log: LogReader;
  readonly writer: LogWriter;
  readonly store: IdentityStore;
  readonly rules: Rules;
  readonly signal: AbortSignal;
  /** Several processes write the log, so that one id can come to stand in two streams: the later copy is then declared a duplicate. */
  readonly racing?: boolean;
  /** Rests and goes on with it, between batches. */
  readonly brake?: Pick<Brake, 'check'>;
  /** Called after each commit. */
  readonly onProgress?: (progress: IdentityProgress) => void;
  readonly watch?: Watch | undefined;
}

/** Events decided between two commits, at most. */
const BATCH = 1000;
/** The least time from one commit to the next taking of events, milliseconds: a trickle shares commits, a first event is not held up. */
const PACE = 4;
/** Wait before the next attempt after an append whose outcome is unknown, milliseconds: doubled each time up to the limit. */
const BACK_OFF = { first: 20, limit: 2000 };

/**
 * Decides who is who: from its checkpoint through all that is in the log, then along with it, until the signal aborts.
 *
 * @throws ThroughlineError `wrong-revision`: another writer decides on the same stream. `rules-changed`: what is stored was
 *   decided by other rules of the same version.
 */
export async function runIdentity(run: RunIdentity): Promise<void> {
  const { log, store, rules, signal, onProgress, watch } = run;
  const notes = watch?.causes ? new CauseNotes() : undefined;
  const stream = identityStream(rules.version);
  let checkpoint = await resume(run);
  const deciding = new Deciding(log, new WorkingGraph(store.graph), rules);
  const prefixes = [TOUCHPOINT_PREFIX, IDENTITY_REQUESTS];
  for await (const { events, through } of log.follow({ after: checkpoint.through, prefixes, batch: BATCH }, signal)) {
    await run.brake?.check();
    const startedAt = Date.now();
    const appends: Append[] = [];
    let { revision, lastDecision } = checkpoint;
    for (const event of events) {
      const decisions = await deciding.on(event);
      if (decisions.length === 0) continue;
      appends.push({ stream, expectedRevision: revision, events: decisions.map((decision) => toLog(decision, event)) });
      revision += decisions.length;
    }
    if (appends.length > 0) lastDecision = await append(run, appends);
    if (run.racing) await unlessAway(run, () => declareDuplicates(log, run.writer, events));
    if (signal.aborted) return;
    checkpoint = { ...checkpoint, through, revision, lastDecision };
    await store.commit(deciding.graph.changes(), checkpoint);
    deciding.graph.committed();
    onProgress?.(checkpoint);
    notes?.note(events);
    watch?.onFollowed({
      through,
      events: events.length,
      recordedAt: events.at(-1)?.recordedAt,
      startedAt,
      endedAt: Date.now(),
      ...(notes && { causes: notes.take() }),
    });
    if (events.length < BATCH) await wait(PACE, undefined, { signal }).catch(() => undefined);
  }
}

async function resume({ log, store, rules, signal }: RunIdentity): Promise<IdentityCheckpoint> {
  const stored = await store.checkpoint();
  if (stored && stored.rules !== rules.fingerprint) throw new ThroughlineError('rules-changed');
  const origin = await originOf(log, signal);
  if (stored && stored.log === origin && stored.through <= (await log.head())) return stored;
  if (!signal.aborted) await store.clear();
  return { through: START, lastDecision: START, revision: NO_STREAM, rules: rules.fingerprint, log: origin };
}

/** What is decided on one event of the log. */
class Deciding {
  readonly graph: WorkingGraph;
  readonly #log: LogReader;
  readonly #resolver: Resolver;

  constructor(log: LogReader, graph: WorkingGraph, rules: Rules) {
    this.#log = log;
    this.graph = graph;
    this.#resolver = new Resolver(graph, rules);
  }

  async on(event: RecordedEvent): Promise<readonly DecisionEvent[]> {
    const { type, id, occurredAt } = event;
    const subject = subjectOf(event.stream);
    if (subject === undefined) return this.#resolver.request(event, type as RequestType, occurredAt, event.data);
    if (type === RETRACTED || type === DUPLICATED) {
      const { retraction, next } = await readRetraction(this.#log, event, subject, this.#resolver, this.graph);
      return this.#resolver.retract(event, retraction, next);
    }
    return this.#resolver.observe(event, { id, occurredAt, keys: (event.data as unknown as TouchpointData).keys });
  }
}

/** The position of the last decision, once all are durable. When the signal aborts before that is known, nothing may be kept. */
async function append(run: RunIdentity, appends: readonly Append[]): Promise<Position> {
  return (await unlessAway(run, async () => lastPosition(await run.writer.append(appends)))) ?? START;
}

/** What writing comes to, tried again while the log is away; undefined when the signal aborts first. */
async function unlessAway<T>({ signal }: RunIdentity, write: () => Promise<T>): Promise<T | undefined> {
  for (let pause = BACK_OFF.first; ; pause = Math.min(2 * pause, BACK_OFF.limit)) {
    try {
      return await write();
    } catch (error) {
      const code = problemCode(error);
      if (signal.aborted) return undefined;
      if (code === undefined || code === 'wrong-revision' || !PROBLEMS[code].retry) throw error;
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

function lastPosition(results: readonly AppendResult[]): Position {
  let position: Position = START;
  for (const result of results) {
    if (!result.ok) {
      const what =
        result.reason === 'WRONG_REVISION' ? `stands at revision ${result.actual}` : 'holds these decisions elsewhere';
      throw new ThroughlineError('wrong-revision', `The stream of identity's decisions ${what}.`);
    }
    position = result.position;
  }
  return position;
}

function toLog({ id, type, occurredAt, data }: DecisionEvent, cause: RecordedEvent) {
  return { id, type, occurredAt, data, metadata: { ...tiesOf(cause), $causationId: data.causeId, schema: 1 } };
}
