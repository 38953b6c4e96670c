import { setTimeout as rest } from 'node:timers/promises';
import type { ChangePublisher } from '@throughline/changes';
import { problemCode, type ProblemCode } from '@throughline/contracts';
import type { ViewStore } from '@throughline/read-model';
import type { Bell } from './bell.ts';

export interface RelayChanges {
  readonly store: Pick<ViewStore, 'waiting' | 'waitingCount' | 'told'>;
  readonly publisher: Pick<ChangePublisher, 'publish'>;
  /** Rung when there may be something in the outbox. */
  readonly bell: Bell;
  readonly signal: AbortSignal;
  readonly onRelayed?: ((relayed: Relayed) => void) | undefined;
}

/** How the telling of changes gets on. */
export interface Relayed {
  /** Changes in the outbox. */
  readonly waiting: number;
  /** Why the last attempt came to nothing; undefined when it did not. */
  readonly failed?: ProblemCode;
}

/** Changes published at a time. */
const MOST = 500;
const BACK_OFF_MS = { first: 250, most: 10_000 };

/**
 * Publishes what is in a view's outbox, in order, until the signal aborts. Nothing is taken out before the publisher has said that
 * it is safe, so that whoever is killed at whatever moment has published everything at least once (invariant 9). While nothing can be
 * published the outbox grows; what is folded does not wait for it.
 *
 * @throws whatever the store throws, and what a publisher throws that is in no catalogue.
 */
export async function relayChanges({ store, publisher, bell, signal, onRelayed }: RelayChanges): Promise<void> {
  let most = MOST;
  let pause = BACK_OFF_MS.first;
  let failed: ProblemCode | undefined;
  while (!signal.aborted) {
    const changes = await store.waiting(most);
    const waiting = changes.length < most ? changes.length : await store.waitingCount();
    onRelayed?.({ waiting, ...(failed && { failed }) });
    const last = changes.at(-1);
    if (!last) {
      await bell.heard(signal);
      continue;
    }
    try {
      await orAborted(publisher.publish(changes.map(({ change }) => change)), signal);
    } catch (error) {
      if (signal.aborted) return;
      failed = problemCode(error);
      if (failed === undefined) throw error;
      // Should they be too large to be taken together, they get through one by one.
      most = Math.max(1, most >> 1);
      await rest(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(2 * pause, BACK_OFF_MS.most);
      continue;
    }
    await store.told(last.sequence);
    [most, pause, failed] = [MOST, BACK_OFF_MS.first, undefined];
  }
}

/** A publisher that hangs keeps nobody from ending: what it was given is published again by whoever comes next. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort: () => void;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
  });
  work.catch(() => undefined);
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort!);
  }
}
