import { Inject, Injectable } from '@nestjs/common';
import { IDENTITY, ThroughlineError, type Company, type Touchpoint } from '@throughline/contracts';
import type { ShownIdentity } from '@throughline/engines';
import { EVENT_LOG, IDENTITY_GRAPH, SETTINGS, type Settings } from '@throughline/runtime';
import { shownThen } from '@throughline/versions';
import type { FollowedLog } from '../../after/tide.ts';
import { Ledgers } from '../../versions/ledgers.ts';
import type { ViewName } from '../../views.ts';
import { countingThen } from './counting.ts';
import { DefinitionsThen, namedVersions, type Defined } from './definitions-then.ts';
import type { Known } from './known.ts';
import { momentsOf, type Moments } from './moments.ts';
import { movesThen } from './moves-then.ts';
import type { Stood } from './standing.ts';
import { whoStood } from './who-stood.ts';

/** What may be asked of the past: `AsOfAsked` says what each means. */
export interface AskedOfThePast {
  readonly asOf?: string | undefined;
  readonly knownAt?: string | undefined;
  readonly version?: string | undefined;
}

/** A question to the past, understood. */
export interface Then {
  readonly moments: Moments;
  readonly known: Known;
  /** The version of identity that views were read by. */
  readonly identity: string;
  definition<N extends ViewName>(name: N): Promise<Defined<N>>;
}

/** What a customer had come to, and what was asked of that. */
export interface Told<T> {
  readonly stood: Stood;
  readonly answer: T;
}

/**
 * Customers as they were, as was known: the log is asked, and no view.
 *
 * K (`knownAt`) says which events of the log are there at all; T (`asOf`) leaves out of these the touchpoints that happened later. The same
 * question gets the same answer for ever, but for the version of the code.
 */
@Injectable()
export class Past {
  readonly #log: FollowedLog;
  readonly #identity: ShownIdentity;
  readonly #ledgers: Ledgers;
  readonly #definitions: DefinitionsThen;
  readonly #company: Company;

  constructor(
    @Inject(EVENT_LOG) log: FollowedLog,
    @Inject(IDENTITY_GRAPH) identity: ShownIdentity,
    @Inject(Ledgers) ledgers: Ledgers,
    @Inject(DefinitionsThen) definitions: DefinitionsThen,
    @Inject(SETTINGS) { company }: Settings,
  ) {
    this.#log = log;
    this.#identity = identity;
    this.#ledgers = ledgers;
    this.#definitions = definitions;
    this.#company = company;
  }

  async asKnown({ version, ...asked }: AskedOfThePast): Promise<Then> {
    const moments = momentsOf(asked, Date.now(), this.#company);
    const named = namedVersions(version);
    const { through } = await this.#identity.progress();
    const known: Known = { at: moments.knownAt, upTo: through };
    const state = await this.#ledgers.of(IDENTITY);
    return {
      moments,
      known,
      identity: shownThen(state, ({ since, position }) => known.at.reaches(since) && position <= through),
      definition: (name) => this.#definitions.of(name, moments.knownAt, named),
    };
  }

  /**
   * Puts a question to the touchpoints of a customer.
   *
   * @throws ThroughlineError `customer-not-found` for one of whom nothing was known.
   */
  async tell<T>(
    id: string,
    { known, identity: version, moments: { asOf } }: Then,
    question: (touchpoints: () => AsyncIterable<Touchpoint>) => Promise<T>,
  ): Promise<Told<T>> {
    const moves = await movesThen(this.#log, known);
    for (const stood of await whoStood({ log: this.#log, identity: this.#identity, version }, id, known)) {
      if (stood.keys.length === 0) continue;
      const subjects = stood.keys.map(({ key }) => key);
      let anything = false;
      const log = this.#log;
      const answer = await question(async function* () {
        for await (const touchpoint of countingThen(log, subjects, moves, known)) {
          anything = true;
          if (asOf.reaches(touchpoint.occurredAt)) yield touchpoint;
        }
      });
      if (anything) return { stood, answer };
    }
    throw new ThroughlineError('customer-not-found');
  }
}
