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

  constructor(read: (keys: readonly string[]) => Promise<readonly (V | undefined)[]>, capacity: number) {
    this.#read = read;
    this.#capacity = capacity;
  }

  /** Has the rows of these keys at hand from here to the next commit. */
  async load(keys: Iterable<string>): Promise<void> {
    const missing: string[] = [];
    for (const key of keys) {
      if (this.#young.has(key)) continue;
      if (this.#old.has(key)) this.#young.set(key, this.#old.get(key));
      else missing.push(key);
    }
    if (missing.length === 0) return;
    const rows = await this.#read(missing);
    for (let i = 0; i < missing.length; i++) this.#young.set(missing[i]!, rows[i]);
  }

  /** The row of a key that was loaded. */
  get(key: string): V | undefined {
    return this.#young.get(key);
  }

  set(key: string, row: V | undefined): void {
    this.#young.set(key, row);
    this.#changes.set(key, row);
  }

  /** What the next commit is to write. */
  get changes(): ReadonlyMap<string, V | undefined> {
    return this.#changes;
  }

  committed(): void {
    this.#changes = new Map();
    if (this.#young.size < this.#capacity) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
