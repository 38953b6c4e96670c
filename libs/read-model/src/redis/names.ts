import type { Client } from './client.ts';
import { keyOf, type ShardName } from './shard.ts';
import { TABLE } from './view-shard.ts';
import type { WriteSet } from './write-set.ts';

const MAX_CACHED = 200_000;
const LAST = '';

/** Names as numbers. A number once committed keeps its name for the shard's life; only the shard's one writer gives them. */
export class Names {
  readonly #client: Client;
  readonly #numbersKey: string;
  readonly #namesKey: string;
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  #last: number | undefined;

  constructor(client: Client, shard: ShardName) {
    this.#client = client;
    this.#numbersKey = keyOf(shard, TABLE.numbers);
    this.#namesKey = keyOf(shard, TABLE.names);
  }

  /** Has these names and the names of these numbers at hand until the next `load`. What has no number is given one, by `writes`. */
  async load(names: Iterable<string>, numbers: Iterable<number>, writes: WriteSet): Promise<void> {
    if (this.#numbers.size > MAX_CACHED) this.forget();
    const unnumbered = [...new Set(names)].filter((name) => !this.#numbers.has(name));
    const unnamed = [...new Set(numbers)].filter((number) => !this.#names.has(number));
    const [found, texts] = await Promise.all([
      unnumbered.length > 0 ? this.#client.fields(this.#numbersKey, [LAST, ...unnumbered]) : [],
      this.#client.fields(this.#namesKey, unnamed),
    ]);
    unnamed.forEach((number, i) => this.#remember(String(texts[i]), number));
    if (unnumbered.length === 0) return;
    this.#last ??= Number(found[0] ?? 0);
    for (let i = 0; i < unnumbered.length; i++) {
      const name = unnumbered[i]!;
      const known = found[i + 1];
      if (known) this.#remember(name, Number(known));
      else this.#give(name, writes);
    }
  }

  number(name: string): number {
    return this.#numbers.get(name)!;
  }

  name(number: number): string {
    return this.#names.get(number)!;
  }

  /** After a commit that came to nothing: what it numbered was never written. */
  forget(): void {
    this.#numbers.clear();
    this.#names.clear();
    this.#last = undefined;
  }

  #give(name: string, writes: WriteSet): void {
    const number = (this.#last! += 1);
    writes.set(TABLE.numbers, name, number);
    writes.set(TABLE.numbers, LAST, number);
    writes.set(TABLE.names, number, name);
    this.#remember(name, number);
  }

  #remember(name: string, number: number): void {
    this.#numbers.set(name, number);
    this.#names.set(number, name);
  }
}
