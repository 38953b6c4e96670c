/** No slice of work on the thread that answers HTTP may be longer, whoever's work it is. */
const SLICE_MS = 1.5;

/**
 * Long pieces of work on one thread, taking turns: between two looks at the network, all of them together work for one slice.
 * However many there are, a short request waits for one slice and not for one of each.
 */
export class Turns {
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #since = 0;
  #watched = false;

  /** @param now Milliseconds, of a clock that never goes back. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Asked between steps, and awaited where it gives something to await: this slice is used up, others first. */
  pause(): Promise<void> | undefined {
    if (!this.#watched) this.#begin();
    if (this.#now() - this.#since < SLICE_MS) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** One slice begins with each round of the event loop. */
  #begin(): void {
    this.#watched = true;
    this.#since = this.#now();
    setImmediate(() => {
      this.#watched = false;
      const next = this.#waiting.shift();
      if (!next) return;
      this.#begin();
      next();
    });
  }
}

const turns = new Turns();

/** Call it between the steps of anything long, and await what it gives, if anything. */
export function pause(): Promise<void> | undefined {
  return turns.pause();
}
