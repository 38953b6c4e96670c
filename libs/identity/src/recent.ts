/**
 * What was lately read or written, found or not, in two generations: when the young one is full it becomes the old one, and
 * what nobody asked for meanwhile is forgotten. Bounded, and cheaper than keeping an exact order of use.
 */
export class Recent<V> {
  readonly #limit: number;
  #young = new Map<string, V | undefined>();
  #old = new Map<string, V | undefined>();

  /** @param limit Between this many and half of it are remembered. */
  constructor(limit: number) {
    this.#limit = limit / 2;
  }

  get(key: string, read: () => V | undefined): V | undefined {
    const known = this.#young.get(key);
    if (known !== undefined || this.#young.has(key)) return known;
    const value = this.#old.has(key) ? this.#old.get(key) : read();
    this.set(key, value);
    return value;
  }

  set(key: string, value: V | undefined): void {
    if (this.#young.size >= this.#limit && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
