import { weightOf } from './weight.ts';

/** A generation is full, however few its rows, when they take so many bytes: rows grow with what their subjects do. */
const MAX_WEIGHT = 64 * 1024 * 1024;
/** Rows are weighed anew when so many were loaded or set since, and of all rows about so many. */
const WEIGH = { after: 1_024, of: 64 };

/**
 * Rows of one table, read in bulk and kept while they are hot. What was set and is not yet committed is what is read.
 *
 * Two generations stand in for a list by last use: a row asked for moves to the young one; when that is full the old one
 * is dropped. Rows leave only between commits, so what a batch has loaded stays for that batch.
 */
export class ReadThrough<V> {
  readonly #read: (keys: readonly string[]) => Promise<readonly (V | undefined)[]>;
  readonly #capacity: number;
  #young = new Map<string, V | undefined>();
  #old = new Map<string, V | undefined>();
  #changes = new Map<string, V | undefined>();
  /** Rows loaded or set since the young ones were weighed. */
  #unweighed = 0;
  /** Of a young row, bytes, when they were weighed. */
  #each = 0;

  /** @param capacity Rows of a generation, at most, but for one batch more; fewer when they are large. */
  constructor(read: (keys: readonly string[]) => Promise<readonly (V | undefined)[]>, capacity: number) {
    this.#read = read;
    this.#capacity = capacity;
  }

  /** Has the rows of these keys at hand from here to the next commit. */
  async load(keys: Iterable<string>): Promise<void> {
    const missing: string[] = [];
    for (const key of keys) {
      if (this.#young.has(key)) continue;
      if (this.#old.has(key)) this.#keep(key, this.#old.get(key));
      else missing.push(key);
    }
    if (missing.length === 0) return;
    const rows = await this.#read(missing);
    for (let i = 0; i < missing.length; i++) this.#keep(missing[i]!, rows[i]);
  }

  /** The row of a key that was loaded. */
  get(key: string): V | undefined {
    return this.#young.get(key);
  }

  set(key: string, row: V | undefined): void {
    this.#keep(key, row);
    this.#changes.set(key, row);
  }

  /** What the next commit is to write. */
  get changes(): ReadonlyMap<string, V | undefined> {
    return this.#changes;
  }

  committed(): void {
    this.#changes = new Map();
    if (this.#young.size < this.#capacity && this.#weight() < MAX_WEIGHT) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  #keep(key: string, row: V | undefined): void {
    this.#young.set(key, row);
    this.#unweighed++;
  }

  /** About how many bytes the young rows take, by a sample that is spread over them. */
  #weight(): number {
    if (this.#unweighed >= Math.min(WEIGH.after, this.#young.size)) {
      const stride = Math.ceil(this.#young.size / WEIGH.of);
      let [at, sum, count] = [0, 0, 0];
      for (const row of this.#young.values()) {
        if (at++ % stride !== 0) continue;
        sum += weightOf(row);
        count++;
      }
      this.#each = count === 0 ? 0 : sum / count;
      this.#unweighed = 0;
    }
    return this.#each * this.#young.size;
  }
}
