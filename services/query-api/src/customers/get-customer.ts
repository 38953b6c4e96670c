import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { earlier, ThroughlineError } from '@throughline/contracts';
import { VIEWS } from '@throughline/runtime';
import { DEFINITIONS, type Definitions } from '../definitions.ts';
import type { Views } from '../views.ts';
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
  readonly #views: Views;
  readonly #definitions: Definitions;

  constructor(@Inject(VIEWS) views: Views, @Inject(DEFINITIONS) definitions: Definitions) {
    this.#views = views;
    this.#definitions = definitions;
  }

  async execute({ id }: GetCustomer): Promise<CustomerAnswer> {
    const [crm, cem, balance] = await Promise.all([
      finish(this.#views.crm, this.#definitions.crm, id),
      finish(this.#views.cem, this.#definitions.cem, id),
      finish(this.#views.balance, this.#definitions.balance, id),
    ]);
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
