/**
 * Hands lines to intake in batches, a few at a time. `put` waits while as many batches are under way as may be: whoever reads a
 * file reads no faster than the platform takes.
 */
import type { IntakeAnswer } from '../api/answers.ts';
import { TooLarge, type Client } from '../api/client.ts';

/** One line and what the sender wants to know it by afterwards. */
export interface Line<T> {
  readonly text: string;
  readonly tag: T;
}

export interface FeedTotals {
  accepted: number;
  duplicates: number;
  quarantined: number;
  /** The latest position that an answer named. */
  position: string | undefined;
}

export interface Refused<T> {
  readonly tag: T;
  readonly code: string;
  readonly message: string;
}

const BATCH_LINES = 1000;
const BATCH_CHARACTERS = 512 * 1024;
const UNDER_WAY = 4;

export class Feed<T> {
  readonly totals: FeedTotals = { accepted: 0, duplicates: 0, quarantined: 0, position: undefined };
  readonly #client: Pick<Client, 'intake'>;
  readonly #onRefused: (refused: Refused<T>) => void;
  #batch: Line<T>[] = [];
  #characters = 0;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(client: Pick<Client, 'intake'>, onRefused: (refused: Refused<T>) => void) {
    this.#client = client;
    this.#onRefused = onRefused;
  }

  async put(text: string, tag: T): Promise<void> {
    this.#batch.push({ text, tag });
    this.#characters += text.length;
    if (this.#batch.length >= BATCH_LINES || this.#characters >= BATCH_CHARACTERS) await this.#send();
  }

  /** Sends what is left; all is durable when it returns. */
  async end(): Promise<FeedTotals> {
    await this.#send();
    await Promise.all(this.#underWay);
    if (this.#failure) throw this.#failure.error;
    return this.totals;
  }

  async #send(): Promise<void> {
    const lines = this.#batch;
    this.#batch = [];
    this.#characters = 0;
    if (lines.length > 0) {
      const sending: Promise<void> = this.#deliver(lines)
        .catch((error: unknown) => {
          this.#failure ??= { error };
        })
        .finally(() => this.#underWay.delete(sending));
      this.#underWay.add(sending);
    }
    while (this.#underWay.size >= UNDER_WAY) await Promise.race(this.#underWay);
    if (this.#failure) throw this.#failure.error;
  }

  async #deliver(lines: readonly Line<T>[]): Promise<void> {
    const answer = await this.#client.intake(lines.map((line) => line.text)).catch((error: unknown) => {
      if (error instanceof TooLarge) return undefined;
      throw error;
    });
    if (answer) return this.#count(lines, answer);
    if (lines.length === 1) {
      this.totals.quarantined += 1;
      return this.#onRefused({
        tag: lines[0]!.tag,
        code: 'too-large',
        message: 'is larger than intake takes; it was not kept',
      });
    }
    const middle = lines.length >> 1;
    await this.#deliver(lines.slice(0, middle));
    await this.#deliver(lines.slice(middle));
  }

  #count(lines: readonly Line<T>[], { accepted, duplicates, quarantined, position }: IntakeAnswer): void {
    const { totals } = this;
    totals.accepted += accepted;
    totals.duplicates += duplicates;
    totals.quarantined += quarantined.length;
    if (position !== undefined && (totals.position === undefined || position > totals.position))
      totals.position = position;
    for (const { index, code, message } of quarantined) this.#onRefused({ tag: lines[index]!.tag, code, message });
  }
}
