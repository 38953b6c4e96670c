import type { Decision, Key } from '@throughline/contracts';
import type { ViewStore } from '@throughline/read-model';
import { ReadThrough } from './read-through.ts';

/**
 * Which keys stand together, as identity decided. A key that no decision named is a customer by itself, under its own
 * name; nothing is stored of it.
 */
export class Membership {
  readonly standing: ReadThrough<string>;
  readonly members: ReadThrough<readonly Key[]>;

  constructor(store: Pick<ViewStore, 'standing' | 'members'>, capacity: number) {
    this.standing = new ReadThrough((keys) => store.standing(keys), capacity);
    this.members = new ReadThrough((customers) => store.members(customers), capacity);
  }

  /** Takes decisions over, in their order; answers with the customers that gained or lost a key. */
  async apply(decisions: readonly Decision[]): Promise<ReadonlySet<string>> {
    const touched = new Set<string>();
    if (decisions.length === 0) return touched;
    const named = decisions.flatMap(({ customer, keys }) => [customer, ...keys.map(({ key }) => key)]);
    await this.standing.load(named);
    await this.members.load([...named, ...named.map((key) => this.standing.get(key) ?? key)]);
    for (const { customer, keys } of decisions) {
      this.#stand(customer);
      for (const key of keys) {
        const before = this.standing.get(key.key) ?? key.key;
        touched.add(before).add(customer);
        if (before !== customer)
          this.#set(
            before,
            this.#of(before).filter((other) => other.key !== key.key),
          );
        this.#set(customer, [...this.#of(customer).filter((other) => other.key !== key.key), key]);
        this.standing.set(key.key, customer);
      }
    }
    return touched;
  }

  /** The customers these subjects count for. */
  async customersOf(subjects: Iterable<string>): Promise<readonly string[]> {
    const keys = [...subjects];
    await this.standing.load(keys);
    return keys.map((key) => this.standing.get(key) ?? key);
  }

  /** The keys of each customer, in the order asked; none for one that has gone into another. */
  async keysOf(customers: readonly string[]): Promise<readonly (readonly string[])[]> {
    await this.members.load(customers);
    await this.standing.load(customers);
    return customers.map((customer) => {
      const members = this.members.get(customer);
      if (members !== undefined) return members.map(({ key }) => key);
      return (this.standing.get(customer) ?? customer) === customer ? [customer] : [];
    });
  }

  committed(): void {
    this.standing.committed();
    this.members.committed();
  }

  /** A customer whom others join stands with itself from then on, unless its own key stands elsewhere. */
  #stand(customer: string): void {
    if (this.members.get(customer) !== undefined || this.standing.get(customer) !== undefined) return;
    this.standing.set(customer, customer);
    this.members.set(customer, [{ type: '', key: customer }]);
  }

  #of(customer: string): readonly Key[] {
    return this.members.get(customer) ?? [];
  }

  #set(customer: string, keys: readonly Key[]): void {
    this.members.set(customer, keys);
  }
}
