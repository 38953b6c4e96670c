/** What was folded, in a form that adds up: in whatever order, in however many shards. */
export interface Tally {
  /** Touchpoints of one's own streams, retracted or not, and what retracts them. */
  readonly touchpoints: number;
  /**
   * The sum of their ids, each taken as four 32-bit words, word by word modulo 2³², in 32 hex digits. Two that folded the same ids have the
   * same; one that skipped or doubled an id has, but for one chance in 2¹²⁸, another.
   */
  readonly ids: string;
}

const WORDS = 4;

/** Adds ids up. */
export class Tallying {
  #touchpoints: number;
  readonly #words = new Uint32Array(WORDS);

  constructor(from?: Tally) {
    this.#touchpoints = from?.touchpoints ?? 0;
    if (from) this.#addWords(from.ids);
  }

  /** @param id A UUID's four words, the first digits first. */
  add(id: Uint32Array): void {
    this.#touchpoints++;
    for (let i = 0; i < WORDS; i++) this.#words[i]! += id[i]!;
  }

  /** Adds what another has added up. */
  join({ touchpoints, ids }: Tally): void {
    this.#touchpoints += touchpoints;
    this.#addWords(ids);
  }

  get tally(): Tally {
    const ids = Array.from(this.#words, (word) => word.toString(16).padStart(8, '0')).join('');
    return { touchpoints: this.#touchpoints, ids };
  }

  #addWords(ids: string): void {
    for (let i = 0; i < WORDS; i++) this.#words[i]! += Number.parseInt(ids.slice(8 * i, 8 * i + 8), 16);
  }
}
