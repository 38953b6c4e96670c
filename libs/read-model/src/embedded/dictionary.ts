import { createHash } from 'node:crypto';
import type { Tables } from './environment.ts';

const MAX_CACHED = 100_000;

/** Texts as numbers, so that keys and rows stay short. A number once given keeps its text for the environment's life. */
export class Dictionary {
  readonly #texts: Tables['texts'];
  readonly #numbers = new Map<string, number>();
  readonly #cached = new Map<number, string>();

  constructor(texts: Tables['texts']) {
    this.#texts = texts;
  }

  /** The text's number, given now if it has none. Only inside a writing transaction. */
  number(text: string): number {
    let number = this.find(text);
    if (number === undefined) {
      number = ((this.#texts.get('last') as number | undefined) ?? 0) + 1;
      this.#texts.putSync('last', number);
      this.#texts.putSync(hashed(text), number);
      this.#texts.putSync(number, text);
      remember(this.#numbers, text, number);
    }
    return number;
  }

  /** The text's number, undefined when it was never given one. */
  find(text: string): number | undefined {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.get(hashed(text)) as number | undefined;
      if (number !== undefined) remember(this.#numbers, text, number);
    }
    return number;
  }

  text(number: number): string {
    let text = this.#cached.get(number);
    if (text === undefined) {
      text = this.#texts.get(number) as string;
      remember(this.#cached, number, text);
    }
    return text;
  }

  /** After a transaction that came to nothing: what it numbered was never written. */
  forget(): void {
    this.#numbers.clear();
    this.#cached.clear();
  }
}

function remember<K, V>(cache: Map<K, V>, key: K, value: V): void {
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, value);
}

/** A key of bounded length: dimension values may be longer than LMDB lets a key be. */
function hashed(text: string): string {
  return `#${createHash('sha256').update(text).digest('base64')}`;
}
