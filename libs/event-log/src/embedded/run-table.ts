/** One sorted table of a run: where entries stand, and reading them a block at a time. */
import { crc32 } from 'node:zlib';
import { mayHold } from './bloom.ts';
import { readFullySync } from './bytes.ts';
import { IndexDamaged } from './index-part.ts';
import type { Key } from './key.ts';
import { BLOCK_BYTES, BLOCK_ENTRIES, ENTRY_WORDS } from './run-format.ts';

const TWO_32 = 0x1_0000_0000;
/** One block at a time is looked at, by synchronous code, so all tables of a thread share the room for it. */
const bytes = new ArrayBuffer(BLOCK_BYTES);
const words = new Uint32Array(bytes);
const view = new Uint8Array(bytes);

export class RunTable {
  readonly entries: number;
  /** Tells the tables of this thread apart. */
  readonly #number = ++tables;
  readonly #path: string;
  readonly #fd: number;
  readonly #offset: number;
  readonly #fences: Uint32Array;
  readonly #bloom: Uint32Array;

  constructor(path: string, fd: number, offset: number, entries: number, fences: Uint32Array, bloom: Uint32Array) {
    this.#path = path;
    this.#fd = fd;
    this.#offset = offset;
    this.entries = entries;
    this.#fences = fences;
    this.#bloom = bloom;
  }

  mayHold(key: Key): boolean {
    return mayHold(this.#bloom, key);
  }

  /** The number of the first entry at or after (key, revision), `entries` when all are before it. */
  lowerBound(key: Key, revision: number): number {
    if (this.entries === 0) return 0;
    let low = Math.max(0, this.#blocksBefore(key[0]!, false) - 1);
    let high = Math.max(0, this.#blocksBefore(key[0]!, true) - 1);
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      this.#load(middle);
      if (isBefore(0, key, revision)) low = middle;
      else high = middle - 1;
    }
    let first = 0;
    let last = this.#load(low);
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (isBefore(middle * ENTRY_WORDS, key, revision)) first = middle + 1;
      else last = middle;
    }
    return low * BLOCK_ENTRIES + first;
  }

  /** Whether there is such an entry and its key is this one; `revisionNow` and `positionNow` are then its own. */
  seek(entry: number, key: Key): boolean {
    if (entry < 0 || entry >= this.entries) return false;
    const block = Math.floor(entry / BLOCK_ENTRIES);
    if (loadedFrom !== this.#number || loadedBlock !== block) this.#load(block);
    now = (entry - block * BLOCK_ENTRIES) * ENTRY_WORDS;
    return words[now] === key[0] && words[now + 1] === key[1] && words[now + 2] === key[2] && words[now + 3] === key[3];
  }

  /** All entries in their order, for merging. */
  cursor(): TableCursor {
    let block = -1;
    const room = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    return new TableCursor(new Uint32Array(room.buffer, room.byteOffset, BLOCK_BYTES / 4), (into) => {
      block++;
      const entries = Math.min(BLOCK_ENTRIES, this.entries - block * BLOCK_ENTRIES);
      if (entries > 0) this.#read(block, entries, room, into);
      return entries;
    });
  }

  /** How many blocks begin with a first word before this one, or (`orAt`) before or at it. */
  #blocksBefore(word: number, orAt: boolean): number {
    let low = 0;
    let high = this.#fences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const fence = this.#fences[middle]!;
      if (fence < word || (orAt && fence === word)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Reads a block and checks it; returns how many entries it has. */
  #load(block: number): number {
    const entries = Math.min(BLOCK_ENTRIES, this.entries - block * BLOCK_ENTRIES);
    if (loadedFrom === this.#number && loadedBlock === block) return entries;
    loadedFrom = 0;
    this.#read(block, entries, view, words);
    loadedFrom = this.#number;
    loadedBlock = block;
    return entries;
  }

  #read(block: number, entries: number, into: Uint8Array, asWords: Uint32Array): void {
    const length = entries * ENTRY_WORDS * 4;
    const read = readFullySync(this.#fd, into, length + 4, this.#offset + block * BLOCK_BYTES);
    if (read < length + 4 || crc32(into.subarray(0, length)) !== asWords[entries * ENTRY_WORDS])
      throw new IndexDamaged(this.#path);
  }
}

/** Steps through a table's entries; the present one begins at `at` of `words`. */
export class TableCursor {
  readonly words: Uint32Array;
  readonly #next: (into: Uint32Array) => number;
  #end = 0;
  at = 0;

  constructor(words: Uint32Array, next: (into: Uint32Array) => number) {
    this.words = words;
    this.#next = next;
    this.#fill();
  }

  get done(): boolean {
    return this.#end <= 0;
  }

  step(): void {
    this.at += ENTRY_WORDS;
    if (this.at >= this.#end) this.#fill();
  }

  #fill(): void {
    this.at = 0;
    this.#end = this.#next(this.words) * ENTRY_WORDS;
  }
}

/** Which table's block is in the room now, and the entry last sought. */
let tables = 0;
let loadedFrom = 0;
let loadedBlock = 0;
let now = 0;

export const revisionNow = () => words[now + 4]!;
export const positionNow = () => words[now + 5]! + words[now + 6]! * TWO_32;

function isBefore(at: number, key: Key, revision: number): boolean {
  for (let i = 0; i < 4; i++) {
    if (words[at + i] !== key[i]) return words[at + i]! < key[i]!;
  }
  return words[at + 4]! < revision;
}
