import { START, type Cell, type Day, type Documents, type IndexValue } from '@throughline/contracts';
import type { Move } from '../move.ts';
import type { Parked, ParkedPage } from '../parked.ts';
import type { CustomerState, IndexScan, Progress, ScannedEntry, ViewReader } from '../port.ts';
import { EmbeddedViewReader } from './embedded-view-reader.ts';
import { isWhole } from './sync-mark.ts';
import { currentVersion, viewFolder } from './versions.ts';

/** How long a promotion may go unseen, milliseconds. */
const LOOK_AGAIN = 200;

/** A reader that is always of the current version: of none while there is none, and of the new one after a promotion. */
export interface CurrentViewReader extends ViewReader {
  /**
   * The version that is current at this moment, for the length of a question: it stays that version for a minute after another was promoted.
   * While there is none it is this reader itself. Not to be closed.
   */
  pinned(): Promise<ViewReader>;
  close(): Promise<void>;
}

/** Opens the reading side of a projection under a data folder. Instant, whatever the size. */
export function openViewReader({ dir, projection }: { dir: string; projection: string }): CurrentViewReader {
  return new PointedReader(dir, projection);
}

class PointedReader implements CurrentViewReader {
  readonly projection: string;
  readonly #dir: string;
  #reader: EmbeddedViewReader | undefined;
  #looked = -Infinity;

  constructor(dir: string, projection: string) {
    this.#dir = dir;
    this.projection = projection;
  }

  /** Empty before the first version is there. */
  get version(): string {
    return this.#current()?.version ?? '';
  }

  async pinned(): Promise<ViewReader> {
    return this.#current() ?? this;
  }

  async documents(): Promise<Documents> {
    return (await this.#current()?.documents()) ?? {};
  }

  async progress(): Promise<Progress> {
    return (await this.#current()?.progress()) ?? { position: START, day: undefined };
  }

  async customersOf(keys: readonly string[]): Promise<readonly string[]> {
    return (await this.#current()?.customersOf(keys)) ?? keys;
  }

  async customer<F>(id: string): Promise<CustomerState<F> | undefined> {
    return this.#current()?.customer<F>(id);
  }

  async values(
    customers: readonly string[],
    fields: readonly string[],
  ): Promise<readonly (readonly (IndexValue | undefined)[])[]> {
    return (await this.#current()?.values(customers, fields)) ?? customers.map(() => fields.map(() => undefined));
  }

  async scan(scan: IndexScan): Promise<readonly ScannedEntry[]> {
    return (await this.#current()?.scan(scan)) ?? [];
  }

  async customerCount(): Promise<number> {
    return (await this.#current()?.customerCount()) ?? 0;
  }

  async parkedCount(): Promise<number> {
    return (await this.#current()?.parkedCount()) ?? 0;
  }

  async parked(page: ParkedPage): Promise<readonly Parked[]> {
    return (await this.#current()?.parked(page)) ?? [];
  }

  async moves(): Promise<readonly Move[]> {
    return (await this.#current()?.moves()) ?? [];
  }

  async *cells(metric: string, range: { timed: false } | { timed: true; from: Day; to: Day }): AsyncIterable<Cell> {
    yield* this.#current()?.cells(metric, range) ?? [];
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = undefined;
  }

  #current(): EmbeddedViewReader | undefined {
    const now = performance.now();
    if (now - this.#looked < LOOK_AGAIN) return this.#reader;
    this.#looked = now;
    const version = currentVersion(this.#dir, this.projection);
    if (version !== undefined && version !== this.#reader?.version) {
      const before = this.#reader;
      const folder = viewFolder({ dir: this.#dir, projection: this.projection, version });
      // Until its writer has thrown away what the machine left torn, there is nothing to read.
      if (!isWhole(folder)) return before;
      this.#reader = new EmbeddedViewReader(folder, this.projection, version);
      // Readings of the version before that are under way keep it open; then it is closed behind them.
      if (before) setTimeout(() => void before.close(), CLOSE_AFTER).unref();
    }
    return this.#reader;
  }
}

const CLOSE_AFTER = 60_000;
