import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ThroughlineError } from '@throughline/contracts';
import { VERSION_REFUSALS } from '@throughline/versions';
import { Ledgers } from '../versions/ledgers.ts';
import type { ReplayAnswer, ReplaysAnswer } from './replay.dto.ts';
import { ReplayTeller } from './replay-teller.ts';

/** Every replay of a projection, newest first. */
export class ListReplays extends Query<ReplaysAnswer> {
  readonly projection: string;

  constructor(projection: string) {
    super();
    this.projection = projection;
  }
}

/** One replay, and how far it is. */
export class GetReplay extends Query<ReplayAnswer> {
  readonly projection: string;
  readonly replay: string;

  constructor(projection: string, replay: string) {
    super();
    this.projection = projection;
    this.replay = replay;
  }
}

@QueryHandler(ListReplays)
export class ListReplaysHandler implements IQueryHandler<ListReplays> {
  readonly #ledgers: Ledgers;
  readonly #teller: ReplayTeller;

  constructor(@Inject(Ledgers) ledgers: Ledgers, @Inject(ReplayTeller) teller: ReplayTeller) {
    this.#ledgers = ledgers;
    this.#teller = teller;
  }

  async execute({ projection }: ListReplays): Promise<ReplaysAnswer> {
    const state = await this.#ledgers.of(projection);
    const replays = [...state.replays.values()].reverse();
    return {
      projection,
      items: await Promise.all(replays.map((replay) => this.#teller.tell(projection, replay, state))),
    };
  }
}

@QueryHandler(GetReplay)
export class GetReplayHandler implements IQueryHandler<GetReplay> {
  readonly #ledgers: Ledgers;
  readonly #teller: ReplayTeller;

  constructor(@Inject(Ledgers) ledgers: Ledgers, @Inject(ReplayTeller) teller: ReplayTeller) {
    this.#ledgers = ledgers;
    this.#teller = teller;
  }

  async execute({ projection, replay: id }: GetReplay): Promise<ReplayAnswer> {
    const state = await this.#ledgers.of(projection);
    const replay = state.replays.get(id);
    if (!replay) throw new ThroughlineError('not-found', VERSION_REFUSALS.NO_SUCH_REPLAY);
    return this.#teller.tell(projection, replay, state);
  }
}
