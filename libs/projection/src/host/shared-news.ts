import type { ProblemCode } from '@throughline/contracts';
import type { Followed } from '@throughline/event-log';
import type { Relayed } from '../relay-changes.ts';

/** What the parts that a replica writes tell, as if they were one. */
export class SharedNews {
  readonly #through = new Map<number, Followed['through']>();
  readonly #waiting = new Map<number, number>();
  readonly #failed = new Map<number, ProblemCode>();

  /** These parts are the replica's from here on. */
  share(parts: readonly number[]): void {
    for (const told of [this.#through, this.#waiting, this.#failed]) {
      for (const part of told.keys()) if (!parts.includes(part)) told.delete(part);
    }
  }

  /** As far as the last of the parts. */
  followed(part: number, followed: Followed): Followed {
    this.#through.set(part, followed.through);
    const through = [...this.#through.values()].reduce((a, b) => (a < b ? a : b));
    return { ...followed, through };
  }

  /** All that waits, and why some of it does. */
  relayed(part: number, { waiting, failed }: Relayed): Relayed {
    this.#waiting.set(part, waiting);
    if (failed) this.#failed.set(part, failed);
    else this.#failed.delete(part);
    const [first] = this.#failed.values();
    return {
      waiting: [...this.#waiting.values()].reduce((a, b) => a + b),
      ...(first && { failed: first }),
    };
  }
}
