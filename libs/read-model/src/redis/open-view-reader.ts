import { START, type Cell, type Documents, type IndexValue } from '@throughline/contracts';
import type { CurrentViewReader } from '../embedded/open-view-reader.ts';
import type { Move } from '../move.ts';
import type { Parked, ParkedPage } from '../parked.ts';
import type { CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from '../port.ts';
import { clientOf, type RedisConnection } from './connection.ts';
import { versionReader } from './parted-view-reader.ts';
import type { CellRange, VersionReader } from './redis-view-reader.ts';
import { Absent } from './shard-reader.ts';
import { Versions } from './versions.ts';

/** How long a promotion may go unseen, milliseconds. */
const LOOK_AGAIN = 200;

/**
 * Opens the reading side of a projection: always of its current version. While there is none, or it is being built again, it
 * says how far it has come, and every other question fails by `view-rebuilding`.
 */
export async function openRedisViewReader({
  connection,
  projection,
}: {
  connection: RedisConnection;
  projection: string;
}): Promise<CurrentViewReader> {
  const reader = new PointedReader(connection, projection);
  await reader.look();
  return reader;
}

class PointedReader implements CurrentViewReader {
  readonly projection: string;
  readonly #connection: RedisConnection;
  readonly #versions: Versions;
  #reader: VersionReader | undefined;
  #looked = Number.NEGATIVE_INFINITY;

  constructor(connection: RedisConnection, projection: string) {
    this.#connection = connection;
    this.projection = projection;
    this.#versions = new Versions(clientOf(connection), projection);
  }

  /** Empty before there is one. */
  get version(): string {
    return this.#reader?.version ?? '';
  }

  /** Looks which version is the current one. */
  async look(): Promise<void> {
    this.#looked = performance.now();
    const { projection } = this;
    const version = await this.#versions.current();
    if (version === undefined) this.#reader = undefined;
    else if (version !== this.#reader?.version) {
      this.#reader = versionReader(clientOf(this.#connection), { projection, version });
    }
  }

  async pinned(): Promise<ViewReader> {
    return (await this.#current()) ?? this;
  }

  documents(): Promise<Documents> {
    return this.#ask((reader) => reader.documents());
  }

  async progress(): Promise<Progress> {
    try {
      return await this.#ask((reader) => reader.progress());
    } catch (error) {
      if (!(error instanceof Absent)) throw error;
      return { position: START, day: undefined };
    }
  }

  customersOf(keys: readonly string[]): Promise<readonly string[]> {
    return this.#ask((reader) => reader.customersOf(keys));
  }

  customer<F>(id: string): Promise<CustomerState<F> | undefined> {
    return this.#ask((reader) => reader.customer<F>(id));
  }

  values(
    customers: readonly string[],
    fields: readonly string[],
  ): Promise<readonly (readonly (IndexValue | undefined)[])[]> {
    return this.#ask((reader) => reader.values(customers, fields));
  }

  scan(scan: IndexScan): Promise<readonly ScannedEntry[]> {
    return this.#ask((reader) => reader.scan(scan));
  }

  customerCount(): Promise<number> {
    return this.#ask((reader) => reader.customerCount());
  }

  parkedCount(): Promise<number> {
    return this.#ask((reader) => reader.parkedCount());
  }

  parked(page: ParkedPage): Promise<readonly Parked[]> {
    return this.#ask((reader) => reader.parked(page));
  }

  moves(): Promise<readonly Move[]> {
    return this.#ask((reader) => reader.moves());
  }

  async *cells(metric: string, range: CellRange): AsyncIterable<Cell> {
    yield* await this.#ask((reader) => reader.cellsOf(metric, range));
  }

  async close(): Promise<void> {
    this.#reader = undefined;
  }

  async #current(): Promise<VersionReader | undefined> {
    if (!this.#reader || performance.now() - this.#looked >= LOOK_AGAIN) await this.look();
    return this.#reader;
  }

  async #ask<T>(question: (reader: VersionReader) => Promise<T>): Promise<T> {
    const reader = await this.#current();
    if (!reader) throw new Absent(this.projection);
    try {
      return await question(reader);
    } catch (error) {
      // A version that was removed behind a promotion: the new one has the answer.
      if (!(error instanceof Absent)) throw error;
      await this.look();
      if (!this.#reader || this.#reader.version === reader.version) throw error;
      return question(this.#reader);
    }
  }
}
