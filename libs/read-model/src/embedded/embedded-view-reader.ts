import { START, type Cell, type Day, type Documents, type IndexValue, type Key } from '@throughline/contracts';
import type { Move } from '../move.ts';
import type { Parked, ParkedPage } from '../parked.ts';
import type { CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from '../port.ts';
import type { SubjectRow } from '../store.ts';
import { cellKey, readCell, UNTIMED } from './cell-table.ts';
import { valueOf, type ContributionRow } from './contribution-row.ts';
import { Dictionary } from './dictionary.ts';
import { openTables, type Tables } from './environment.ts';
import { highest, indexKey, lowest, readIndexKey } from './index-key.ts';

const NO_PROGRESS: Progress = { position: START, day: undefined };
/** How many cells are read before others get their turn on the thread. */
const CELLS_A_TURN = 1_000;

/**
 * The reading side of one (projection, version) in LMDB; any number of threads and processes may have one while another
 * writes. A call reads from one snapshot, taken when it begins: nothing in it awaits before its last read.
 */
export class EmbeddedViewReader implements ViewReader {
  readonly projection: string;
  readonly version: string;
  readonly #tables: Tables;
  readonly #dictionary: Dictionary;

  constructor(folder: string, projection: string, version: string) {
    this.projection = projection;
    this.version = version;
    this.#tables = openTables(folder);
    this.#dictionary = new Dictionary(this.#tables.texts);
  }

  async documents(): Promise<Documents> {
    return (this.#snapshot().meta.get('documents') as Documents | undefined) ?? {};
  }

  async progress(): Promise<Progress> {
    return (this.#snapshot().meta.get('progress') as Progress | undefined) ?? NO_PROGRESS;
  }

  async customersOf(keys: readonly string[]): Promise<readonly string[]> {
    const { standing } = this.#snapshot();
    return keys.map((key) => standing.get(key) ?? key);
  }

  async customer<F>(id: string): Promise<CustomerState<F> | undefined> {
    const tables = this.#snapshot();
    // A customer's own id stays its own, even when the key it was minted from now stands with another.
    return stateOf<F>(tables, id) ?? stateOf<F>(tables, tables.standing.get(id) ?? id);
  }

  async values(
    customers: readonly string[],
    fields: readonly string[],
  ): Promise<readonly (readonly (IndexValue | undefined)[])[]> {
    const { contributions } = this.#snapshot();
    const numbers = fields.map((field) => this.#dictionary.find(field));
    return customers.map((customer) => {
      const row = contributions.get(customer) as ContributionRow | undefined;
      return numbers.map((number) => (row && number !== undefined ? valueOf(row, number) : undefined));
    });
  }

  async scan({ field, from, to, descending = false, after, limit }: IndexScan): Promise<readonly ScannedEntry[]> {
    const { index } = this.#snapshot();
    const number = this.#dictionary.find(field);
    const mixed = from !== undefined && to !== undefined && typeof from !== typeof to;
    if (number === undefined || mixed) return [];
    const [low, high] = [lowest(number, from, to), highest(number, from, to)];
    const bounds = descending ? { start: high, end: low, reverse: true } : { start: low, end: high };
    const entries: ScannedEntry[] = [];
    const start = after && { start: indexKey(number, after.value, after.customer), exclusiveStart: true };
    for (const { key, value } of index.getRange({ ...bounds, ...start, limit })) entries.push(readIndexKey(key, value));
    return entries;
  }

  async customerCount(): Promise<number> {
    return (this.#snapshot().meta.get('customers') as number | undefined) ?? 0;
  }

  async parkedCount(): Promise<number> {
    return (this.#snapshot().meta.get('parked') as number | undefined) ?? 0;
  }

  async parked({ after, limit }: ParkedPage): Promise<readonly Parked[]> {
    const start = after !== undefined && { start: after, exclusiveStart: true };
    return [...this.#snapshot().parked.getRange({ ...start, limit })].map(({ value }) => value as Parked);
  }

  async moves(): Promise<readonly Move[]> {
    const moves = [...this.#snapshot().moves.getRange()].map(({ value }) => value as Move);
    return moves.sort((a, b) => (a.position < b.position ? -1 : 1));
  }

  async *cells(metric: string, range: { timed: false } | { timed: true; from: Day; to: Day }): AsyncIterable<Cell> {
    const { cells, root } = this.#snapshot();
    const number = this.#dictionary.find(metric);
    if (number === undefined) return;
    const transaction = root.useReadTransaction();
    try {
      const [from, to] = range.timed ? [range.from, range.to] : [UNTIMED, UNTIMED];
      const start = cellKey({ metric: number, day: from, dims: 0 });
      const end = cellKey({ metric: number, day: to, dims: 0xffff_ffff });
      let turn = 0;
      for (const { key, value } of cells.getRange({ start, end, transaction })) {
        yield readCell(metric, key, value, this.#dictionary);
        if (++turn % CELLS_A_TURN === 0) await new Promise(setImmediate);
      }
    } finally {
      transaction.done();
    }
  }

  async close(): Promise<void> {
    await this.#tables.root.close();
  }

  #snapshot(): Tables {
    this.#tables.root.resetReadTxn();
    return this.#tables;
  }
}

/** Undefined when no touchpoint of the customer is known. */
function stateOf<F>({ contributions, members, standing, subjects }: Tables, id: string): CustomerState<F> | undefined {
  const alone = (standing.get(id) ?? id) === id;
  const known = (members.get(id) as readonly Key[] | undefined) ?? (alone ? [{ type: '', key: id }] : []);
  const fragments: { subject: string; fragment: F }[] = [];
  let incomplete = false;
  const keys = known.map(({ type, key }) => {
    const row = subjects.get(key) as SubjectRow<F> | undefined;
    if (row?.fragment !== undefined) fragments.push({ subject: key, fragment: row.fragment });
    // A row without a type is of a touchpoint about nobody known.
    if (row?.parked !== undefined && row.type !== undefined) incomplete = true;
    return { type: type || (row?.type ?? 'unknown'), key };
  });
  if (fragments.length === 0 && !incomplete) return undefined;
  const contribution = contributions.get(id) as ContributionRow | undefined;
  return { id, keys, fragments, incomplete: incomplete || contribution?.[1] != null };
}
