import { identityStream, type ProjectionDefinition } from '@throughline/contracts';
import { NO_STREAM, type LogReader, type LogWriter, type Watch } from '@throughline/event-log';
import { rulesOf, type ViewStore } from '@throughline/read-model';
import { setTimeout as rest } from 'node:timers/promises';
import { Execution } from './execution.ts';
import { Following } from './following.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { cutAtOrders, holdAt, isReleased, type Given, type Hold } from './orders.ts';
import type { ProjectionReport } from './report.ts';
import type { Share } from './share.ts';

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
  /** Which part of the version this is the writer of; undefined: of all of it. */
  readonly share?: Share | undefined;
  /**
   * Whether readers are to be given its definitions, and views by the decisions of identity that its name says: only with both they are to be
   * given this version, once it has caught up. Otherwise, and if it is not told so by the control streams on the way, it only follows the log.
   */
  readonly serves?: Readonly<Record<Given, boolean>>;
  /** The revisions of the control streams by which `serves` is known; none unless told. */
  readonly since?: Readonly<Record<Given, number>>;
}

/**
 * Runs one version of a projection live: from its checkpoint through all that is in the log, then along with it, until the
 * signal aborts. A version that is to serve, and that readers are not given yet, is promoted once it has reached the log's head of when it began.
 * What the control streams, its projection's and identity's, order on the way is done where it stands.
 *
 * @throws ThroughlineError `projection-stopped` for a control event that cannot be read, `view-taken-over` when another
 *   writer has opened the store, and whatever the log or the store throws. Nothing of the batch in hand is kept: running
 *   again goes on from the last commit.
 */
export async function runProjection<F, V>(run: RunProjection<F, V>): Promise<void> {
  const { log, signal, store, since = { definitions: NO_STREAM, identity: NO_STREAM } } = run;
  const limits = { ...DEFAULT_LIMITS, ...run.limits };
  const identity = identityStream(rulesOf(store.version));
  const execution = await Execution.begin({ ...run, limits, identity });
  const serves = { definitions: true, identity: true, ...run.serves };
  let promoteAt = serves.definitions && serves.identity && !store.promoted ? await log.head() : undefined;
  const ordered = { projection: store.projection, version: store.version, since };
  const following = new Following(log, { batch: limits.batch, signal });
  let committed = Number.NEGATIVE_INFINITY;
  let lookedIn = Number.NEGATIVE_INFINITY;
  try {
    const hold = await holdAt(log, ordered, execution.position);
    if (hold) await holdStill(run, execution, hold);
    while (!signal.aborted) {
      if (promoteAt !== undefined && (await execution.hasReached(promoteAt))) {
        await execution.promote();
        promoteAt = undefined;
      }
      const pace = store.promoted ? limits.pace : limits.paceBeside;
      const early = committed + pace - performance.now();
      const isIdle = !following.asked && !execution.folded && !execution.finishing;
      if (isIdle && early > 0) await rest(early, undefined, { signal }).catch(() => undefined);
      const patience = execution.folded ? READING_MS : execution.finishing ? 0 : run.share && LOOK_IN_MS;
      const next = await following.next(execution.streams, execution.position, patience);
      if (next?.done) return;
      for (const { batch, order } of next ? cutAtOrders(next.value, ordered) : []) {
        await execution.fold(batch);
        if (order?.kind === 'hold') await holdStill(run, execution, order);
        else if (order) {
          serves[order.by] = order.kind === 'serve';
          promoteAt = order.kind === 'serve' && serves.definitions && serves.identity ? order.at : undefined;
        }
        // What comes behind it is not to be seen by whoever compares.
        if (signal.aborted) return;
      }
      const behind = next !== undefined && next.value.events.length >= limits.behind;
      if (!execution.folded) {
        if (execution.finishing) await execution.finish();
      } else if (!behind || execution.full) {
        await execution.commit();
        committed = performance.now();
      }
      if (!execution.folded && performance.now() - lookedIn >= LOOK_IN_MS) {
        await execution.takeIn();
        lookedIn = performance.now();
      }
    }
  } finally {
    following.close();
  }
}

/** Stands exactly behind the event that asked for it, and shows no more than that, until both versions have been read. */
async function holdStill<F, V>(
  { log, signal, store }: RunProjection<F, V>,
  execution: Execution<F, V>,
  order: Hold,
): Promise<void> {
  await execution.settle();
  // Whoever compares may be gone: nobody waits for that longer than this.
  while (!signal.aborted && Date.now() < order.recordedAt + HOLD_MS) {
    if (await isReleased(log, store.projection, order)) return;
    await execution.takeIn();
    await rest(LOOK_IN_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Long enough to read two versions out of Redis. */
const HOLD_MS = 120_000;
/** Long enough for a batch to be read from disk when there is one. */
const READING_MS = 5;
/** How long a customer that another share handed over may wait until it is seen. */
const LOOK_IN_MS = 20;
