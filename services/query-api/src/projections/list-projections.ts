import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { dayToText } from '@throughline/contracts';
import { behind, type LogReader } from '@throughline/event-log';
import type { IdentityReader } from '@throughline/read-model';
import { EVENT_LOG, IDENTITY_GRAPH, VIEWS } from '@throughline/runtime';
import { VIEW_NAMES, type Views } from '../views.ts';
import type { ProjectionsAnswer } from './projections.dto.ts';

/** Which version of each projection answers, and how far it has come. */
export class ListProjections extends Query<ProjectionsAnswer> {}

@QueryHandler(ListProjections)
export class ListProjectionsHandler implements IQueryHandler<ListProjections> {
  readonly #views: Views;
  readonly #identity: IdentityReader;
  readonly #log: LogReader;

  constructor(
    @Inject(VIEWS) views: Views,
    @Inject(IDENTITY_GRAPH) identity: IdentityReader,
    @Inject(EVENT_LOG) log: LogReader,
  ) {
    this.#views = views;
    this.#identity = identity;
    this.#log = log;
  }

  async execute(): Promise<ProjectionsAnswer> {
    const head = await this.#log.head();
    const { through } = await this.#identity.progress();
    const items = VIEW_NAMES.map(async (name) => {
      const view = this.#views[name];
      const { position, day } = await view.progress();
      return {
        name,
        version: view.version,
        position,
        lag: await behind(this.#log, position),
        day: day === undefined ? null : dayToText(day),
        parked: await view.parkedCount(),
      };
    });
    return { head, identity: through, items: await Promise.all(items) };
  }
}
