import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ThroughlineError } from '@throughline/contracts';
import { bareVersion, type ViewReader } from '@throughline/read-model';
import { finish } from '../customers/finished.ts';
import { Pins } from '../versions/pins.ts';
import type { ProjectedCustomer } from './projected-customer.dto.ts';

/** One customer as one projection has them. */
export class GetProjected extends Query<ProjectedCustomer> {
  readonly projection: string;
  /** Any of the customer's ids: a merged-away one, or any subject of theirs. */
  readonly id: string;
  /** The live one unless told. */
  readonly version: string | undefined;

  constructor(projection: string, id: string, version?: string) {
    super();
    this.projection = projection;
    this.id = id;
    this.version = version;
  }
}

@QueryHandler(GetProjected)
export class GetProjectedHandler implements IQueryHandler<GetProjected> {
  readonly #pins: Pins;

  constructor(@Inject(Pins) pins: Pins) {
    this.#pins = pins;
  }

  async execute({ projection, id, version }: GetProjected): Promise<ProjectedCustomer> {
    if (version === undefined) return this.#tell(projection, id, await this.#pins.view(projection));
    const given = await this.#pins.asGiven(projection, version);
    const told = await this.#pins.ask(projection, given, (view) => this.#tell(projection, id, view));
    if (told) return told;
    throw new ThroughlineError(
      'not-found',
      `No such version of ${projection} is kept. GET /projections/${projection}/versions lists them.`,
    );
  }

  async #tell(projection: string, id: string, reader: ViewReader): Promise<ProjectedCustomer> {
    const definition = await this.#pins.definition(projection, reader);
    const { state, view, position } = await finish(reader, definition, id);
    if (!state) throw new ThroughlineError('customer-not-found');
    return {
      id: state.id,
      ...(state.id === id ? {} : { askedFor: id }),
      keys: state.keys,
      ...(state.incomplete ? { incomplete: true } : {}),
      projection,
      version: bareVersion(reader.version),
      view,
      position,
    };
  }
}
