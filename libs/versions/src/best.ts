/** The first of many by some order, however many there are. */
export class Best<T> {
  readonly #most: number;
  readonly #compare: (a: T, b: T) => number;
  readonly #best: T[] = [];

  /** @param compare Below 0 where `a` is the better. */
  constructor(most: number, compare: (a: T, b: T) => number) {
    this.#most = most;
    this.#compare = compare;
  }

  add(item: T): void {
    const best = this.#best;
    let at = best.length;
    while (at > 0 && this.#compare(item, best[at - 1]!) < 0) at--;
    if (at >= this.#most) return;
    best.splice(at, 0, item);
    if (best.length > this.#most) best.pop();
  }

  first(n: number): readonly T[] {
    return this.#best.slice(0, n);
  }
}

/** As text orders by default: by code units, so the same everywhere. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
