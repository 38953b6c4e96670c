import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { later, START, ThroughlineError, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { IdentityReader } from '@throughline/read-model';
import { EVENT_LOG, IDENTITY_GRAPH, VIEWS } from '@throughline/runtime';
import type { CurrentViews } from '../views.ts';

/** How often the views are asked while somebody waits: small against the time a write takes to become visible. */
const POLL_MS = 2;

/** A log that may be read from a copy. */
export interface FollowedLog extends LogReader {
  /** Resolves once the copy holds all that the log itself held when it was called; absent where there is no copy. */
  caughtUp?(): Promise<void>;
}

interface Waiter {
  /** Identity must have looked at everything up to here… */
  readonly position: Position;
  /** …and once it has, these views must have folded everything up to here: what it decided then included. */
  target: Position | undefined;
  /** Their names. */
  readonly views: readonly string[];
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** How far views have come, and waiting until that is far enough. However many wait, a view is asked once a round. */
@Injectable()
export class Tide {
  readonly #views: CurrentViews;
  readonly #identity: IdentityReader;
  readonly #log: FollowedLog;
  #waiters: readonly Waiter[] = [];

  constructor(
    @Inject(VIEWS) views: CurrentViews,
    @Inject(IDENTITY_GRAPH) identity: IdentityReader,
    @Inject(EVENT_LOG) log: FollowedLog,
  ) {
    this.#views = views;
    this.#identity = identity;
    this.#log = log;
  }

  /**
   * Resolves once identity and these views have taken in everything up to `position`, and these views have folded what identity
   * made of it.
   *
   * @throws ThroughlineError `not-caught-up` after `timeoutMs`; `invalid-query` for a position beyond the log's end.
   */
  async reaches(position: Position, timeoutMs: number, views: readonly string[]): Promise<void> {
    if (await this.#isBeyond(position)) {
      throw new ThroughlineError(
        'invalid-query',
        'after is beyond the last event of this log: it is a position of another one.',
      );
    }
    await new Promise<void>((resolve, reject) => {
      const idle = this.#waiters.length === 0;
      this.#waiters = [
        ...this.#waiters,
        { position, target: undefined, views, deadline: performance.now() + timeoutMs, resolve, reject },
      ];
      if (idle) void this.#poll();
    });
  }

  async #isBeyond(position: Position): Promise<boolean> {
    if (position <= (await this.#log.head())) return false;
    await this.#log.caughtUp?.();
    return position > (await this.#log.head());
  }

  async #poll(): Promise<void> {
    while (this.#waiters.length > 0) {
      try {
        await this.#round();
      } catch (error) {
        const waiting = this.#waiters;
        this.#waiters = [];
        for (const waiter of waiting) waiter.reject(error as Error);
      }
      if (this.#waiters.length > 0) await sleep(POLL_MS);
    }
  }

  async #round(): Promise<void> {
    const { through, lastDecision } = await this.#identity.progress();
    const names = [...new Set(this.#waiters.flatMap(({ views }) => views))];
    const progress = await Promise.all(names.map((name) => this.#views[name]!.progress()));
    const reached = new Map(names.map((name, i) => [name, progress[i]!.position]));
    const now = performance.now();
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.target === undefined && through >= waiter.position)
        waiter.target = later(waiter.position, lastDecision);
      const { target } = waiter;
      // Who came during this round may want a view that was not asked: it is in the next one.
      if (target !== undefined && waiter.views.every((name) => (reached.get(name) ?? START) >= target))
        waiter.resolve();
      else if (now >= waiter.deadline) waiter.reject(new ThroughlineError('not-caught-up'));
      else return true;
      return false;
    });
  }
}
