import type { Cell, Key } from '@throughline/contracts';
import type { Database, Transaction } from 'lmdb';
import { NO_CHECKPOINT, type Checkpoint, type Finished, type SubjectRow } from '../store.ts';
import type { VersionSnapshot } from '../version-shelf.ts';
import { metricOf, readCell } from './cell-table.ts';
import { contributionOf, type ContributionRow } from './contribution-row.ts';
import { Dictionary } from './dictionary.ts';
import { openTables, type Tables } from './environment.ts';

/** Rows read before others get their turn on the thread. */
const TURN = 500;

/** All of a version, out of one read transaction: the writer goes on beside it, and the file keeps what it would have reused. */
export class EmbeddedSnapshot implements VersionSnapshot {
  readonly projection: string;
  readonly version: string;
  readonly isLasting = true;
  readonly checkpoints: readonly Checkpoint[];
  readonly #tables: Tables;
  readonly #dictionary: Dictionary;
  readonly #transaction: Transaction;

  constructor(folder: string, projection: string, version: string) {
    this.projection = projection;
    this.version = version;
    this.#tables = openTables(folder);
    this.#transaction = this.#tables.root.useReadTransaction();
    // What has a number keeps it, so the dictionary of any later moment tells what was numbered at this one.
    this.#dictionary = new Dictionary(this.#tables.texts);
    const checkpoint = this.#tables.meta.get('checkpoint', { transaction: this.#transaction });
    this.checkpoints = [(checkpoint as Checkpoint | undefined) ?? NO_CHECKPOINT];
  }

  contributions(): AsyncIterable<Finished> {
    return this.#all(this.#tables.contributions, (customer, row) =>
      contributionOf(customer, row as ContributionRow, this.#dictionary),
    );
  }

  cells(): AsyncIterable<Cell> {
    return this.#all(this.#tables.cells, (key, values) =>
      readCell(metricOf(key, this.#dictionary), key, values, this.#dictionary),
    );
  }

  subjects(): AsyncIterable<{ readonly subject: string; readonly row: SubjectRow<unknown> }> {
    return this.#all(this.#tables.subjects, (subject, row) => ({ subject, row: row as SubjectRow<unknown> }));
  }

  members(): AsyncIterable<{ readonly customer: string; readonly keys: readonly Key[] }> {
    return this.#all(this.#tables.members, (customer, keys) => ({ customer, keys: keys as readonly Key[] }));
  }

  async close(): Promise<void> {
    this.#transaction.done();
    await this.#tables.root.close();
  }

  async *#all<V, K extends string | Buffer, T>(table: Database<V, K>, read: (key: K, value: V) => T): AsyncIterable<T> {
    let turn = 0;
    for (const { key, value } of table.getRange({ transaction: this.#transaction })) {
      yield read(key, value);
      if (++turn % TURN === 0) await new Promise(setImmediate);
    }
  }
}
