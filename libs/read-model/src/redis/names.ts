import type { Client } from './client.ts';
import { keyOf, type Shard } from './shard.ts';
import { TABLE } from './view-shard.ts';

const MAX_CACHED = 200_000;

/** Names as numbers. A number once given keeps its name for the shard's life. */
export class Names {
  readonly #client: Client;
  readonly #shard: Shard;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(client: Client, shard: Shard) {
    this.#client = client;
    this.#shard = shard;
  }

  /** Has these names and the names of these numbers at hand until the next `load`. What has no number is given one. */
  async load(names: Iterable<string>, numbers: Iterable<number>): Promise<void> {
    if (this.#numbers.size > MAX_CACHED) this.#forget();
    const unnumbered = [...new Set(names)].filter((name) => !this.#numbers.has(name));
    const unnamed = [...new Set(numbers)].filter((number) => !this.#names.has(number));
    const [found, texts] = await Promise.all([
      this.#client.fields(keyOf(this.#shard.name, TABLE.numbers), unnumbered),
      this.#client.fields(keyOf(this.#shard.name, TABLE.names), unnamed),
    ]);
    unnamed.forEach((number, i) => this.#remember(String(texts[i]), number));
    unnumbered.forEach((name, i) => found[i] && this.#remember(name, Number(found[i])));
    const missing = unnumbered.filter((_, i) => !found[i]);
    const given = await this.#shard.number(missing, { numbers: TABLE.numbers, names: TABLE.names });
    missing.forEach((name, i) => this.#remember(name, given[i]!));
  }

  number(name: string): number {
    return this.#numbers.get(name)!;
  }

  name(number: number): string {
    return this.#names.get(number)!;
  }

  #forget(): void {
    this.#numbers.clear();
    this.#names.clear();
  }

  #remember(name: string, number: number): void {
    this.#numbers.set(name, number);
    this.#names.set(number, name);
  }
}
