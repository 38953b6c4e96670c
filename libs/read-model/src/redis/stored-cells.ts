import type { Client } from './client.ts';
import { pack, unpack } from './codec.ts';
import { keyOf, type ShardName } from './shard.ts';
import { TABLE } from './view-shard.ts';
import type { WriteSet } from './write-set.ts';

const MAX_CACHED = 100_000;
/** Of a cell that is not stored. */
const NONE: readonly number[] = [];

/** Changes to cells, added up before each cell is read and written once. */
export class CellChanges {
  readonly #changes = new Map<string, number[]>();

  add(name: string, values: readonly number[], times: 1 | -1 = 1): void {
    const sum = this.#changes.get(name);
    if (sum === undefined) {
      this.#changes.set(
        name,
        values.map((value) => value * times),
      );
    } else {
      for (let i = 0; i < values.length; i++) sum[i] = (sum[i] ?? 0) + values[i]! * times;
    }
  }

  /** Those that come to something. */
  *[Symbol.iterator](): IterableIterator<readonly [string, readonly number[]]> {
    for (const change of this.#changes) if (!isNothing(change[1])) yield change;
  }
}

/** The stored cells, as their one writer knows them: nobody else changes them, so what was read once need not be read again. */
export class StoredCells {
  readonly #client: Client;
  readonly #key: string;
  readonly #known = new Map<string, readonly number[]>();

  constructor(client: Client, shard: ShardName) {
    this.#client = client;
    this.#key = keyOf(shard, TABLE.cells);
  }

  /** Invariant 4: what is stored is the sum of the current contributions, so a cell that comes to nothing goes. */
  async write(changes: CellChanges, writes: WriteSet): Promise<void> {
    const all = [...changes];
    await this.#load(all.map(([name]) => name));
    for (const [name, values] of all) {
      const before = this.#known.get(name)!;
      const sums = added(before, values);
      if (isNothing(sums)) {
        this.#known.set(name, NONE);
        writes.unset(TABLE.cells, name);
        writes.unrank(TABLE.cellOrder, name);
      } else {
        this.#known.set(name, sums);
        writes.set(TABLE.cells, name, pack(sums));
        if (before === NONE) writes.rank(TABLE.cellOrder, 0, name);
      }
    }
  }

  /** After a commit that came to nothing. */
  forget(): void {
    this.#known.clear();
  }

  async #load(names: readonly string[]): Promise<void> {
    if (this.#known.size > MAX_CACHED) this.forget();
    const missing = names.filter((name) => !this.#known.has(name));
    const found = await this.#client.fields(this.#key, missing);
    missing.forEach((name, i) => this.#known.set(name, found[i] ? unpack<number[]>(found[i]) : NONE));
  }
}

function added(a: readonly number[], b: readonly number[]): readonly number[] {
  const sums = [...a];
  for (let i = 0; i < b.length; i++) sums[i] = (sums[i] ?? 0) + b[i]!;
  return sums;
}

function isNothing(values: readonly number[]): boolean {
  return values.every((value) => value === 0);
}
