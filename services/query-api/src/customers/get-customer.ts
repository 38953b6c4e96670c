import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { earlier, ThroughlineError, type ProjectionDefinition } from '@throughline/contracts';
import { Pins } from '../versions/pins.ts';
import type { ViewName } from '../views.ts';
import type { CustomerAnswer } from './customer.dto.ts';
import { finish } from './finished.ts';

/** One customer, from both sides. */
export class GetCustomer extends Query<CustomerAnswer> {
  /** Any of the customer's ids: a merged-away one, or any subject of theirs. */
  readonly id: string;

  constructor(id: string) {
    super();
    this.id = id;
  }
}

@QueryHandler(GetCustomer)
export class GetCustomerHandler implements IQueryHandler<GetCustomer> {
  readonly #pins: Pins;

  constructor(@Inject(Pins) pins: Pins) {
    this.#pins = pins;
  }

  async execute({ id }: GetCustomer): Promise<CustomerAnswer> {
    const views = await this.#pins.views();
    const finished = async <N extends ViewName>(name: N) => {
      const definition = await this.#pins.definition(name, views[name]);
      return finish(views[name], definition as ProjectionDefinition<unknown, object>, id);
    };
    const [crm, cem, balance] = await Promise.all([finished('crm'), finished('cem'), finished('balance')]);
    const state = crm.state ?? cem.state ?? balance.state;
    if (!state) throw new ThroughlineError('customer-not-found');
    const incomplete = [crm, cem, balance].some((view) => view.state?.incomplete);
    return {
      id: state.id,
      ...(state.id === id ? {} : { askedFor: id }),
      keys: state.keys,
      ...(incomplete ? { incomplete } : {}),
      crm: crm.view,
      cem: cem.view,
      balance: balance.view,
      position: [crm, cem, balance].map((view) => view.position).reduce(earlier),
    };
  }
}
