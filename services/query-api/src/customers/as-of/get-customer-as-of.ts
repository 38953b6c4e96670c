import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Day } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { EVENT_LOG } from '@throughline/runtime';
import { VIEW_NAMES } from '../../views.ts';
import type { CustomerAnswer } from '../customer.dto.ts';
import type { Defined } from './definitions-then.ts';
import { foldHistory, type FoldedHistory, type Folder } from './fold-history.ts';
import { clearedThen, type Known } from './known.ts';
import { Past, type AskedOfThePast } from './past.ts';

/** One customer from both sides, as they were and as was known. */
export class GetCustomerAsOf extends Query<CustomerAnswer> {
  /** Any id of the customer, as of then. */
  readonly id: string;
  readonly asked: AskedOfThePast;

  constructor(id: string, asked: AskedOfThePast) {
    super();
    this.id = id;
    this.asked = asked;
  }
}

@QueryHandler(GetCustomerAsOf)
export class GetCustomerAsOfHandler implements IQueryHandler<GetCustomerAsOf> {
  readonly #past: Past;
  readonly #log: LogReader;

  constructor(@Inject(Past) past: Past, @Inject(EVENT_LOG) log: LogReader) {
    this.#past = past;
    this.#log = log;
  }

  async execute({ id, asked }: GetCustomerAsOf): Promise<CustomerAnswer> {
    const then = await this.#past.asKnown(asked);
    const { moments, known } = then;
    const [crm, cem, balance] = await Promise.all([
      then.definition('crm'),
      then.definition('cem'),
      then.definition('balance'),
    ]);
    const folders = [crm, cem, balance].map(({ definition }) => definition.fragment as Folder);
    const { stood, answer } = await this.#past.tell(id, then, (touchpoints) => foldHistory(touchpoints, folders));
    const incomplete = await this.#isIncomplete(answer, known);
    const shown = <F>({ definition }: Defined, { fragment }: FoldedHistory<F>) =>
      (definition.view as (fragment: F, at: Day) => object)(fragment, moments.asOf.day);
    return {
      id: stood.id,
      ...(stood.id === id ? {} : { askedFor: id }),
      keys: stood.keys,
      ...(incomplete ? { incomplete } : {}),
      crm: shown(crm, answer[0]!),
      cem: shown(cem, answer[1]!),
      balance: shown(balance, answer[2]!),
      asOf: moments.asOf.text,
      knownAt: moments.knownAt.text,
      versions: { identity: then.identity, crm: crm.version, cem: cem.version, balance: balance.version },
      position: known.upTo,
    };
  }

  /** Whether something could not be folded that nobody had left out for good. */
  async #isIncomplete(folded: readonly FoldedHistory<unknown>[], known: Known): Promise<boolean> {
    for (const [i, { failed }] of folded.entries()) {
      if (failed.length === 0) continue;
      const cleared = await clearedThen(this.#log, VIEW_NAMES[i]!, known);
      if (failed.some((id) => !cleared.has(id))) return true;
    }
    return false;
  }
}
