import { Inject, Injectable } from '@nestjs/common';
import { problemCode, projectionStream, ThroughlineError, versionOf, type Company } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { EVENT_LOG, SETTINGS, type Settings } from '@throughline/runtime';
import {
  evolveVersions,
  initialVersions,
  type HashOfDocuments,
  type Recorded,
  type VersionsState,
} from '@throughline/versions';
import { PROJECTIONS } from '../definitions.ts';
import { VIEW_NAMES, type ViewName } from '../views.ts';

/** A control stream, as far as it was read. */
interface Ledger {
  state: VersionsState;
  /** How many events of it. */
  read: number;
  /** One reading at a time: two would apply the same event twice. */
  last: Promise<unknown>;
}

/** What versions of each projection there are, by its control stream: short, so it is read to its end for each question. */
@Injectable()
export class Ledgers {
  readonly #log: LogReader;
  readonly #company: Company;
  readonly #ledgers = new Map<ViewName, Ledger>();

  constructor(@Inject(EVENT_LOG) log: LogReader, @Inject(SETTINGS) { company }: Settings) {
    this.#log = log;
    this.#company = company;
  }

  /** As it stands now. Not to be changed. */
  async of(name: ViewName): Promise<VersionsState> {
    const ledger = this.#ledger(name);
    const reading = ledger.last.then(() => this.#catchUp(name, ledger));
    ledger.last = reading.catch(() => undefined);
    await reading;
    return ledger.state;
  }

  /** The same for what can be answered without the log: while that cannot be reached, as it was read last. */
  async lately(name: ViewName): Promise<VersionsState> {
    try {
      return await this.of(name);
    } catch (error) {
      if (problemCode(error) !== 'log-unavailable') throw error;
      return this.#ledger(name).state;
    }
  }

  /** What the code that runs here calls a version of these documents. */
  hash(name: ViewName): HashOfDocuments {
    const make = PROJECTIONS[name];
    return (documents) => versionOf<never, never>(make(this.#company, documents) as never);
  }

  #ledger(name: ViewName): Ledger {
    let ledger = this.#ledgers.get(name);
    if (!ledger) {
      ledger = { state: initialVersions(), read: 0, last: Promise.resolve() };
      this.#ledgers.set(name, ledger);
    }
    return ledger;
  }

  async #catchUp(name: ViewName, ledger: Ledger): Promise<void> {
    for await (const event of this.#log.readStream(projectionStream(name), { from: ledger.read })) {
      ledger.state = evolveVersions(ledger.state, event as unknown as Recorded);
      ledger.read += 1;
    }
  }
}

/** @throws ThroughlineError `not-found` naming those that there are. */
export function viewNamed(text: string): ViewName {
  const name = VIEW_NAMES.find((known) => known === text);
  if (name) return name;
  throw new ThroughlineError('not-found', `There is no projection of this name. There are ${VIEW_NAMES.join(', ')}.`);
}
