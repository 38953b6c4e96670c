import { Inject, Injectable } from '@nestjs/common';
import { problemCode, projectionStream, type Company } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { EVENT_LOG, SETTINGS, type Settings } from '@throughline/runtime';
import {
  evolveVersions,
  initialVersions,
  type HashOfDocuments,
  type Recorded,
  type VersionsState,
} from '@throughline/versions';
import { nameOfDocuments } from './versioned.ts';

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
  readonly #ledgers = new Map<string, Ledger>();

  constructor(@Inject(EVENT_LOG) log: LogReader, @Inject(SETTINGS) { company }: Settings) {
    this.#log = log;
    this.#company = company;
  }

  /** As it stands now. Not to be changed. */
  async of(name: string): Promise<VersionsState> {
    const ledger = this.#ledger(name);
    const reading = ledger.last.then(() => this.#catchUp(name, ledger));
    ledger.last = reading.catch(() => undefined);
    await reading;
    return ledger.state;
  }

  /** The same for what can be answered without the log: while that cannot be reached, as it was read last. */
  async lately(name: string): Promise<VersionsState> {
    try {
      return await this.of(name);
    } catch (error) {
      if (problemCode(error) !== 'log-unavailable') throw error;
      return this.#ledger(name).state;
    }
  }

  /** What the code that runs here calls a version of these documents. */
  hash(name: string): HashOfDocuments {
    return nameOfDocuments(name, this.#company);
  }

  #ledger(name: string): Ledger {
    let ledger = this.#ledgers.get(name);
    if (!ledger) {
      ledger = { state: initialVersions(), read: 0, last: Promise.resolve() };
      this.#ledgers.set(name, ledger);
    }
    return ledger;
  }

  async #catchUp(name: string, ledger: Ledger): Promise<void> {
    for await (const event of this.#log.readStream(projectionStream(name), { from: ledger.read })) {
      ledger.state = evolveVersions(ledger.state, event as unknown as Recorded);
      ledger.read += 1;
    }
  }
}
