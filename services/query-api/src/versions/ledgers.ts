import { Inject, Injectable } from '@nestjs/common';
import { problemCode, projectionStream, type Company } from '@throughline/contracts';
import { FoldedStream, type LogReader } from '@throughline/event-log';
import { EVENT_LOG, SETTINGS, type Settings } from '@throughline/runtime';
import {
  evolveVersions,
  initialVersions,
  type HashOfDocuments,
  type Recorded,
  type VersionsState,
} from '@throughline/versions';
import { nameOfDocuments } from './versioned.ts';

/** What versions of each projection there are, by its control stream: short, so it is read to its end for each question. */
@Injectable()
export class Ledgers {
  readonly #log: LogReader;
  readonly #company: Company;
  readonly #ledgers = new Map<string, FoldedStream<VersionsState>>();

  constructor(@Inject(EVENT_LOG) log: LogReader, @Inject(SETTINGS) { company }: Settings) {
    this.#log = log;
    this.#company = company;
  }

  /** As it stands now. Not to be changed. */
  of(name: string): Promise<VersionsState> {
    return this.#ledger(name).catchUp();
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

  #ledger(name: string): FoldedStream<VersionsState> {
    let ledger = this.#ledgers.get(name);
    if (!ledger) {
      ledger = new FoldedStream(this.#log, projectionStream(name), initialVersions(), (state, event) =>
        evolveVersions(state, event as unknown as Recorded),
      );
      this.#ledgers.set(name, ledger);
    }
    return ledger;
  }
}
