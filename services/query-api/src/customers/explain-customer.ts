import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { explain, type ScoreDefinition } from '@throughline/cem';
import { dayToText, ThroughlineError, upcast, type Company, type Touchpoint } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { ViewReader } from '@throughline/read-model';
import { EVENT_LOG, SETTINGS, type Settings } from '@throughline/runtime';
import { Pins } from '../versions/pins.ts';
import type { Explanation } from './explain.dto.ts';
import { historyOf } from './history/history.ts';

/** Why a customer's score is what it is. */
export class ExplainCustomer extends Query<Explanation> {
  readonly id: string;
  /** Of cem; the live one unless told. */
  readonly version: string | undefined;

  constructor(id: string, version?: string) {
    super();
    this.id = id;
    this.version = version;
  }
}

@QueryHandler(ExplainCustomer)
export class ExplainCustomerHandler implements IQueryHandler<ExplainCustomer> {
  readonly #pins: Pins;
  readonly #log: LogReader;
  readonly #company: Company;

  constructor(@Inject(Pins) pins: Pins, @Inject(EVENT_LOG) log: LogReader, @Inject(SETTINGS) settings: Settings) {
    this.#pins = pins;
    this.#log = log;
    this.#company = settings.company;
  }

  async execute({ id, version }: ExplainCustomer): Promise<Explanation> {
    if (version === undefined) return await this.#explain(id, await this.#pins.view('cem'));
    const meant = await this.#pins.asGiven('cem', version);
    const explained = await this.#pins.ask('cem', meant, (cem) => this.#explain(id, cem));
    if (explained) return explained;
    throw new ThroughlineError(
      'not-found',
      'No such version of cem is kept. GET /projections/cem/versions lists them.',
    );
  }

  /** Folds the customer's own history up to where the view stands: the same touchpoints as the view's, so the same score. */
  async #explain(id: string, cem: ViewReader): Promise<Explanation> {
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
    const { definitions } = await this.#pins.definition('cem', cem);
    const by = (definitions as unknown as { readonly score: ScoreDefinition }).score;
    const { definition, prior, score, parts } = explain(counting, day, this.#company, by);
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
