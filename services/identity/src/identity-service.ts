/**
 *  ┌─ open ──▶ follow ──▶ decide ──▶ append ──▶ commit ─┐
 *  │             ▲                    │ ▲               │
 *  │             └────────────────────┼─┼───────────────┘
 *  │                          unknown outcome: again
 *  └ stored graph missing, or ahead of the log: cleared, and everything is decided again
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
import { NO_STREAM, type Append, type AppendResult, type LogReader, type LogWriter, type RecordedEvent } from '@throughline/event-log';
import { Resolver, WorkingGraph, type DecisionEvent, type Rules } from '@throughline/identity';
import type { IdentityCheckpoint, IdentityProgress, IdentityStore } from '@throughline/read-model';
import { setTimeout as wait } from 'node:timers/promises';
import { readRetraction } from './retraction.ts';

export interface IdentityParts {
  readonly reader: LogReader;
  readonly writer: LogWriter;
  readonly store: IdentityStore;
  readonly rules: Rules;
  /** Called after each commit. */
  readonly onProgress?: (progress: IdentityProgress) => void;
}

/** Events decided between two commits, at most. */
const BATCH = 1000;
/** Wait before the next attempt after an append whose outcome is unknown, milliseconds: doubled each time up to the limit. */
const BACK_OFF = { first: 20, limit: 2000 };

export class IdentityService {
  readonly #parts: IdentityParts;
  readonly #stream: string;
  #checkpoint: IdentityCheckpoint;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#stream = identityStream(parts.rules.version);
    this.#checkpoint = { through: START, lastDecision: START, revision: NO_STREAM, rules: parts.rules.fingerprint };
  }

  /**
   * Follows the log until the signal aborts.
   *
   * @throws ThroughlineError `wrong-revision`: another writer decides on the same stream. `rules-changed`: what is stored
   *   was decided by other rules of the same version.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { reader, store, rules } = this.#parts;
    const stored = await store.checkpoint();
    if (stored && stored.rules !== rules.fingerprint) throw new ThroughlineError('rules-changed');
    if (stored && stored.through <= (await reader.head())) this.#checkpoint = stored;
    else if (stored) await store.clear();

    const graph = new WorkingGraph(store.graph);
    const resolver = new Resolver(graph, rules);
    const prefixes = [TOUCHPOINT_PREFIX, IDENTITY_REQUESTS];
    for await (const { events, through } of reader.follow({ after: this.#checkpoint.through, prefixes, batch: BATCH }, signal)) {
      const appends: Append[] = [];
      let { revision } = this.#checkpoint;
      for (const event of events) {
        const decisions = await this.#decide(resolver, graph, event);
        if (decisions.length === 0) continue;
        appends.push({ stream: this.#stream, expectedRevision: revision, events: decisions.map(toLog) });
        revision += decisions.length;
      }
      const last = appends.length > 0 ? await this.#append(appends, signal) : undefined;
      if (signal.aborted) return;
      this.#checkpoint = { ...this.#checkpoint, through, revision, ...(last && { lastDecision: last }) };
      await store.commit(graph.changes(), this.#checkpoint);
      graph.committed();
      this.#parts.onProgress?.(this.#checkpoint);
    }
  }

  async #decide(resolver: Resolver, graph: WorkingGraph, event: RecordedEvent): Promise<readonly DecisionEvent[]> {
    const { type, id, occurredAt } = event;
    const subject = subjectOf(event.stream);
    if (subject === undefined) return resolver.request(event, type as RequestType, occurredAt, event.data);
    if (type === RETRACTED || type === DUPLICATED) {
      const { retraction, next } = await readRetraction(this.#parts.reader, event, subject, resolver, graph);
      return resolver.retract(event, retraction, next);
    }
    return resolver.observe(event, { id, occurredAt, keys: (event.data as unknown as TouchpointData).keys });
  }

  /** The position of the last decision, once all are durable; undefined when the signal aborted before that was known. */
  async #append(appends: readonly Append[], signal: AbortSignal): Promise<Position | undefined> {
    for (let pause = BACK_OFF.first; ; pause = Math.min(2 * pause, BACK_OFF.limit)) {
      try {
        return lastPosition(await this.#parts.writer.append(appends));
      } catch (error) {
        const code = problemCode(error);
        if (signal.aborted) return undefined;
        if (code === undefined || code === 'wrong-revision' || !PROBLEMS[code].retry) throw error;
        await wait(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function lastPosition(results: readonly AppendResult[]): Position {
  let position: Position = START;
  for (const result of results) {
    if (!result.ok) {
      const what = result.reason === 'WRONG_REVISION' ? `stands at revision ${result.actual}` : 'holds these decisions elsewhere';
      throw new ThroughlineError('wrong-revision', `The stream of identity's decisions ${what}.`);
    }
    position = result.position;
  }
  return position;
}

function toLog({ id, type, occurredAt, data }: DecisionEvent) {
  return { id, type, occurredAt, data, metadata: { $causationId: data.causeId, schema: 1 } };
}
