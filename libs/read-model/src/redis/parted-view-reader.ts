import { earlier, type Cell, type Day, type Documents, type IndexValue } from '@throughline/contracts';
import { indexKey } from '../embedded/index-key.ts';
import type { Move } from '../move.ts';
import type { Parked, ParkedPage } from '../parked.ts';
import { partOf, partsOf } from '../parts.ts';
import type { CustomerState, IndexScan, Progress, ScannedEntry } from '../port.ts';
import type { Client } from './client.ts';
import { keysOfCustomer, stateOf } from './customer-state.ts';
import { cellsIn, type FoundCells } from './found-cells.ts';
import { RedisViewReader, type CellRange, type VersionReader } from './redis-view-reader.ts';
import { scatter } from './scatter.ts';

/** Reads a version, in however many parts it is kept. */
export function versionReader(client: Client, name: { projection: string; version: string }): VersionReader {
  return partsOf(name.version) > 1 ? new PartedViewReader(client, name) : new RedisViewReader(client, name);
}

/**
 * The reading side of a version that is kept in several parts: sums and merges of what each answers. Each part answers from one
 * commit of its own; what is told of progress is what all of them have reached. It fails as the part does that fails.
 */
export class PartedViewReader implements VersionReader {
  readonly projection: string;
  readonly version: string;
  readonly #parts: readonly RedisViewReader[];

  constructor(client: Client, { projection, version }: { projection: string; version: string }) {
    this.projection = projection;
    this.version = version;
    this.#parts = Array.from(
      { length: partsOf(version) },
      (_, index) => new RedisViewReader(client, { projection, version, shard: String(index) }),
    );
  }

  /** The same in every part. */
  documents(): Promise<Documents> {
    return this.#parts[0]!.documents();
  }

  async progress(): Promise<Progress> {
    const all = await this.#each((part) => part.progress());
    return {
      position: all.map(({ position }) => position).reduce(earlier),
      day: all.map(({ day }) => day).reduce(earlierDay),
    };
  }

  customersOf(keys: readonly string[]): Promise<readonly string[]> {
    return scatter(keys, this.#parts.length, (part, those) => this.#parts[part]!.customersOf(those));
  }

  async customer<F>(id: string): Promise<CustomerState<F> | undefined> {
    const [stands, state] = await this.#candidate<F>(id);
    if (state || stands === id) return state;
    return (await this.#candidate<F>(stands))[1];
  }

  values(
    customers: readonly string[],
    fields: readonly string[],
  ): Promise<readonly (readonly (IndexValue | undefined)[])[]> {
    return scatter(customers, this.#parts.length, (part, those) => this.#parts[part]!.values(those, fields));
  }

  async scan(scan: IndexScan): Promise<readonly ScannedEntry[]> {
    const found = await this.#each((part) => part.scan(scan));
    const entries = found.flat().map((entry) => ({ entry, key: indexKey(0, entry.value, entry.customer) }));
    const direction = scan.descending ? -1 : 1;
    entries.sort((a, b) => direction * a.key.compare(b.key));
    return entries.slice(0, scan.limit).map(({ entry }) => entry);
  }

  async customerCount(): Promise<number> {
    return sum(await this.#each((part) => part.customerCount()));
  }

  async parkedCount(): Promise<number> {
    return sum(await this.#each((part) => part.parkedCount()));
  }

  async parked(page: ParkedPage): Promise<readonly Parked[]> {
    const found = (await this.#each((part) => part.parked(page))).flat();
    return found.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, page.limit);
  }

  /** They are kept whole in every part. */
  moves(): Promise<readonly Move[]> {
    return this.#parts[0]!.moves();
  }

  async *cells(metric: string, range: CellRange): AsyncIterable<Cell> {
    yield* await this.cellsOf(metric, range);
  }

  async cellsOf(metric: string, range: CellRange): Promise<AsyncIterable<Cell>> {
    return cellsIn(metric, await this.#each<FoundCells>((part) => part.foundCells(metric, range)));
  }

  /**
   * The customer that this id may be, as its own part knows it, and whom the id stands with. It stays its own, even when the
   * key it was minted from now stands with another.
   */
  async #candidate<F>(id: string): Promise<readonly [stands: string, state: CustomerState<F> | undefined]> {
    const { name, stands, members, contribution } = await this.#of(id).membership(id);
    if (!members && stands !== id) return [stands, undefined];
    const keys = keysOfCustomer(name, members);
    const subjects = keys.map(({ key }) => key);
    const rows = await scatter(subjects, this.#parts.length, (part, those) => this.#parts[part]!.rows(those));
    return [stands, stateOf<F>(name, keys, rows, contribution)];
  }

  #of(id: string): RedisViewReader {
    return this.#parts[partOf(id, this.#parts.length)]!;
  }

  #each<T>(ask: (part: RedisViewReader) => Promise<T>): Promise<readonly T[]> {
    return Promise.all(this.#parts.map(ask));
  }
}

function earlierDay(a: Day | undefined, b: Day | undefined): Day | undefined {
  return a === undefined || b === undefined ? undefined : Math.min(a, b);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
