import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { dayToText, type Company } from '@throughline/contracts';
import { behind, type LogReader } from '@throughline/event-log';
import { PROJECTION_NAMES } from '@throughline/projections';
import type { IdentityReader } from '@throughline/read-model';
import { EVENT_LOG, IDENTITY_GRAPH, SETTINGS, type Settings } from '@throughline/runtime';
import { keptVersions } from '@throughline/versions';
import { documentNames } from '../versions/documents.ts';
import { Ledgers } from '../versions/ledgers.ts';
import { Pins } from '../versions/pins.ts';
import { unlessRebuilding } from '../versions/unless-rebuilding.ts';
import type { ProjectionsAnswer } from './projections.dto.ts';

/** Which version of each projection answers, and how far it has come. */
export class ListProjections extends Query<ProjectionsAnswer> {}

@QueryHandler(ListProjections)
export class ListProjectionsHandler implements IQueryHandler<ListProjections> {
  readonly #pins: Pins;
  readonly #ledgers: Ledgers;
  readonly #identity: IdentityReader;
  readonly #log: LogReader;
  readonly #company: Company;

  constructor(
    @Inject(Pins) pins: Pins,
    @Inject(Ledgers) ledgers: Ledgers,
    @Inject(IDENTITY_GRAPH) identity: IdentityReader,
    @Inject(EVENT_LOG) log: LogReader,
    @Inject(SETTINGS) { company }: Settings,
  ) {
    this.#pins = pins;
    this.#ledgers = ledgers;
    this.#company = company;
    this.#identity = identity;
    this.#log = log;
  }

  async execute(): Promise<ProjectionsAnswer> {
    const head = await this.#log.head();
    const { through } = await this.#identity.progress();
    const items = PROJECTION_NAMES.map(async (name) => {
      const view = await this.#pins.view(name);
      const kept = keptVersions(await this.#ledgers.lately(name), this.#ledgers.hash(name));
      const { position, day } = await view.progress();
      // One view that is built, as each is when it is new, keeps nobody from being told of the others.
      const documents = await unlessRebuilding(view.documents());
      return {
        name,
        version: view.version,
        documents: documentNames(name, this.#company, documents ?? kept[0]!.documents),
        versions: kept.map(({ version, role, does }) => ({ version, role, does })),
        position,
        lag: await behind(this.#log, position),
        day: day === undefined ? null : dayToText(day),
        parked: (await unlessRebuilding(view.parkedCount())) ?? null,
      };
    });
    return { head, identity: through, items: await Promise.all(items) };
  }
}
