import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, type OnModuleDestroy } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ThroughlineError } from '@throughline/contracts';
import { VERSION_REFUSALS, type Diff } from '@throughline/versions';
import { Ledgers } from '../versions/ledgers.ts';
import { latestDiff, stateOf } from './replay-teller.ts';
import type { DiffAnswer } from './replay.dto.ts';

/** The latest comparison of what a replay built with the live version. */
export class GetDiff extends Query<DiffAnswer> {
  readonly projection: string;
  readonly replay: string;
  /** How long to wait for its report. */
  readonly waitMs: number;

  constructor(projection: string, replay: string, waitMs: number) {
    super();
    this.projection = projection;
    this.replay = replay;
    this.waitMs = waitMs;
  }
}

const LOOK_AGAIN_MS = 200;

@QueryHandler(GetDiff)
export class GetDiffHandler implements IQueryHandler<GetDiff>, OnModuleDestroy {
  readonly #ledgers: Ledgers;
  readonly #closing = new AbortController();

  constructor(@Inject(Ledgers) ledgers: Ledgers) {
    this.#ledgers = ledgers;
  }

  async execute({ projection, replay, waitMs }: GetDiff): Promise<DiffAnswer> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const diff = await this.#latest(projection, replay);
      const left = deadline - performance.now();
      if (stateOf(diff) !== 'comparing' || left <= 0 || this.#closing.signal.aborted) return answer(diff);
      await sleep(Math.min(left, LOOK_AGAIN_MS), undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** Nobody is kept waiting by a service that ends. */
  onModuleDestroy(): void {
    this.#closing.abort();
  }

  async #latest(projection: string, replay: string): Promise<Diff> {
    const state = await this.#ledgers.of(projection);
    if (!state.replays.has(replay)) throw new ThroughlineError('not-found', VERSION_REFUSALS.NO_SUCH_REPLAY);
    const diff = latestDiff(state, replay);
    if (diff) return diff;
    throw new ThroughlineError('not-found', 'No comparison was asked for. POST to diffs asks for one.');
  }
}

function answer(diff: Diff): DiffAnswer {
  const { id, replay, from, to, position, requestedAt, report, failed } = diff;
  return {
    diff: id,
    replay,
    from,
    to,
    position,
    requestedAt: new Date(requestedAt).toISOString(),
    state: stateOf(diff),
    ...(failed !== undefined && { failed }),
    ...(report && { report }),
  };
}
