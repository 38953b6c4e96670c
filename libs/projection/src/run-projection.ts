import {
  CLOCK,
  IDENTITY_REQUESTS,
  identityStream,
  TOUCHPOINT_PREFIX,
  type ProjectionDefinition,
} from '@throughline/contracts';
import type { Batch, LogReader, LogWriter, Watch } from '@throughline/event-log';
import type { ViewStore } from '@throughline/read-model';
import { setTimeout as rest } from 'node:timers/promises';
import { Execution } from './execution.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import type { ProjectionReport } from './report.ts';

export interface RunProjection<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  readonly log: LogReader;
  /** Takes the events that say what was parked; without it they are only in the store. */
  readonly writer?: LogWriter | undefined;
  readonly store: ViewStore;
  readonly signal: AbortSignal;
  readonly onProgress?: (report: ProjectionReport) => void;
  readonly watch?: Watch | undefined;
  /** Whether what changes goes into the outbox, for channels to be told: of the version that readers are given, never of another. */
  readonly tells?: boolean;
  readonly limits?: Partial<Limits>;
  /** Version of the identity rules whose decisions are followed. */
  readonly identityRules?: number;
}

/**
 * Runs one version of a projection live: from its checkpoint through all that is in the log, then along with it, until the
 * signal aborts. A version that readers are not given yet is promoted once it has reached the log's head of when it began.
 *
 * @throws ThroughlineError `projection-stopped` for a control event that cannot be read, `view-taken-over` when another
 *   writer has opened the store, and whatever the log or the store throws. Nothing of the batch in hand is kept: running
 *   again goes on from the last commit.
 */
export async function runProjection<F, V>(run: RunProjection<F, V>): Promise<void> {
  const { log, signal, store } = run;
  const limits = { ...DEFAULT_LIMITS, ...run.limits };
  const identity = identityStream(run.identityRules ?? 1);
  const execution = await Execution.begin({ ...run, limits, identity });
  let promoteAt = store.promoted ? undefined : await log.head();
  const prefixes = [TOUCHPOINT_PREFIX, identity, IDENTITY_REQUESTS, CLOCK];
  // However the run ends, so does the following.
  const ended = new AbortController();
  const following = AbortSignal.any([signal, ended.signal]);
  const batches = log
    .follow({ after: execution.position, prefixes, batch: limits.batch }, following)
    [Symbol.asyncIterator]();
  let waiting: Promise<IteratorResult<Batch>> | undefined;
  let committed = Number.NEGATIVE_INFINITY;
  try {
    while (!signal.aborted) {
      if (promoteAt !== undefined && !execution.folded && !execution.finishing && execution.position >= promoteAt) {
        await execution.promote();
        promoteAt = undefined;
      }
      const early = committed + limits.pace - performance.now();
      const isIdle = waiting === undefined && !execution.folded && !execution.finishing;
      if (isIdle && early > 0) await rest(early, undefined, { signal }).catch(() => undefined);
      waiting ??= batches.next();
      const next = await (execution.folded || execution.finishing ? soon(waiting, execution.folded) : waiting);
      if (next?.done) return;
      if (next) {
        waiting = undefined;
        await execution.fold(next.value);
      }
      const behind = next !== undefined && next.value.events.length >= limits.behind;
      if (!execution.folded) await execution.finish();
      else if (!behind || execution.full) {
        await execution.commit();
        committed = performance.now();
      }
    }
  } finally {
    ended.abort();
  }
}

/** Long enough for a batch to be read from disk when there is one. */
const READING_MS = 5;

/** What comes at once, or within the time it takes to read it; undefined otherwise. */
function soon<T>(promise: Promise<T>, reading: boolean): Promise<T | undefined> {
  promise.catch(() => undefined);
  const else_ = new Promise<undefined>((resolve) => {
    if (reading) setTimeout(resolve, READING_MS, undefined);
    else setImmediate(resolve, undefined);
  });
  return Promise.race([promise, else_]);
}
