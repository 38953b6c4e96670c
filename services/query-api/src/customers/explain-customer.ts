import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { explain } from '@throughline/cem';
import { dayToText, ThroughlineError, upcast, type Company, type Touchpoint } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { EVENT_LOG, SETTINGS, VIEWS, type Settings } from '@throughline/runtime';
import type { Views } from '../views.ts';
import type { Explanation } from './explain.dto.ts';
import { historyOf } from './history/history.ts';

/** Why a customer's score is what it is. */
export class ExplainCustomer extends Query<Explanation> {
  readonly id: string;

  constructor(id: string) {
    super();
    this.id = id;
  }
}

@QueryHandler(ExplainCustomer)
export class ExplainCustomerHandler implements IQueryHandler<ExplainCustomer> {
  readonly #views: Views;
  readonly #log: LogReader;
  readonly #company: Company;

  constructor(@Inject(VIEWS) views: Views, @Inject(EVENT_LOG) log: LogReader, @Inject(SETTINGS) settings: Settings) {
    this.#views = views;
    this.#log = log;
    this.#company = settings.company;
  }

  /** Folds the customer's own history up to where the view stands: the same touchpoints as the view's, so the same score. */
  async execute({ id }: ExplainCustomer): Promise<Explanation> {
    const { cem } = this.#views;
    const { position, day = 0 } = await cem.progress();
    const customer = await cem.customer(id);
    if (!customer) throw new ThroughlineError('customer-not-found');
    const counting: Touchpoint[] = [];
    for await (const { event, takenBack } of historyOf(
      this.#log,
      customer.keys.map((key) => key.key),
      await cem.moves(),
      position,
    )) {
      if (!takenBack) counting.push(upcast(event as unknown as Touchpoint));
    }
    const { definition, prior, score, parts } = explain(counting, day, this.#company);
    return {
      id: customer.id,
      day: dayToText(day),
      definition,
      prior,
      ...score,
      parts: parts.map((part) => ({ ...part, occurredAt: new Date(part.occurredAt).toISOString() })),
      position,
    };
  }
}
