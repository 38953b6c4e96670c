/** Ids for rows of a source that has none. */
import { createHash } from 'node:crypto';
import { NAMESPACE, uuidv5 } from '@throughline/contracts';

/**
 * Names each row of one file by UUIDv5(source, canonical row, its k-th occurrence in that file), so that rows that are equal to
 * the byte stay several, and the same file sent again, its rows in any order, is the same again.
 *
 * Remembers 96 bits of each distinct row: 16 bytes in a table at most 70 % full.
 */
export class RowIds {
  readonly #source: string;
  #slots = 1024;
  #used = 0;
  /** Four words a slot: three of the row's digest, then how often it occurred; a slot whose count is 0 is free. */
  #table = new Uint32Array(this.#slots * 4);

  constructor(source: string) {
    this.#source = source;
  }

  next(canonical: string): string {
    const digest = createHash('sha256').update(canonical, 'utf8').digest();
    const nth = this.#count(digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8));
    return uuidv5(NAMESPACE.touchpoint, `row:${this.#source.length}:${this.#source}${nth}:${canonical}`);
  }

  /** How often the digest was counted before; counts it. */
  #count(a: number, b: number, c: number): number {
    if (this.#used > this.#slots * 0.7) this.#grow();
    const at = this.#find(a, b, c);
    const before = this.#table[at + 3]!;
    if (before === 0) {
      this.#table.set([a, b, c], at);
      this.#used++;
    }
    this.#table[at + 3] = before + 1;
    return before;
  }

  #find(a: number, b: number, c: number): number {
    const table = this.#table;
    for (let slot = a % this.#slots; ; slot = (slot + 1) % this.#slots) {
      const at = slot * 4;
      if (table[at + 3] === 0 || (table[at] === a && table[at + 1] === b && table[at + 2] === c)) return at;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#slots *= 2;
    this.#table = new Uint32Array(this.#slots * 4);
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 3] !== 0)
        this.#table.set(old.subarray(at, at + 4), this.#find(old[at]!, old[at + 1]!, old[at + 2]!));
    }
  }
}
