import type { Decision, Key } from '@throughline/contracts';

/** Who stands with an id, and with whom it stands itself. */
export interface Stood {
  readonly id: string;
  /** Keys that stand with it, in text order; none for one that has gone into another. */
  readonly keys: readonly Key[];
  /** The customer that the id, as a key, stands with. */
  readonly customer: string;
}

/**
 * The same as decisions make it, taken one after the other. Every decision that changes it names the id: keys join it as their
 * `customer`; and whenever keys leave it, the decision names it as `absorbed`, as `from`, or, where it never was a customer of its
 * own, among the keys. So one pass over the decisions is enough, whoever else is met on the way.
 */
export class Standing {
  readonly #self: Key;
  /** Undefined while nothing was decided of it. */
  #customer: string | undefined;
  #keys: Map<string, Key> | undefined;

  constructor(self: Key) {
    this.#self = self;
  }

  apply({ customer, keys }: Decision): void {
    const { key: id } = this.#self;
    const joins = customer === id;
    // A customer whom others join stands with itself from then on, unless its own key stands elsewhere.
    if (joins && keys.length > 0 && this.#customer === undefined) {
      this.#customer = id;
      this.#keys ??= new Map([[id, this.#self]]);
    }
    for (const key of keys) {
      if (joins) (this.#keys ??= new Map()).set(key.key, key);
      else this.#keys?.delete(key.key);
      if (key.key === id) this.#customer = customer;
    }
  }

  get stood(): Stood {
    const { key: id } = this.#self;
    const customer = this.#customer ?? id;
    const keys = this.#keys ? [...this.#keys.values()] : customer === id ? [this.#self] : [];
    return { id, customer, keys: inOrder(keys) };
  }
}

/** Whether a decision may have changed who stands with an id. */
export function concerns({ customer, absorbed, from, keys }: Decision, id: string): boolean {
  if (keys.length === 0) return false;
  return customer === id || absorbed === id || from === id || keys.some(({ key }) => key === id);
}

export function inOrder(keys: readonly Key[]): readonly Key[] {
  return keys.map(({ type, key }) => ({ type, key })).sort((a, b) => (a.key < b.key ? -1 : 1));
}
