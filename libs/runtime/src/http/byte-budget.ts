import { ThroughlineError } from '@throughline/contracts';

/** One request's share of a budget. */
export interface Hold {
  /** @throws ThroughlineError `too-busy` when the process holds as much as it may. */
  take(bytes: number): void;
  /** Gives back some of what was taken. */
  give(bytes: number): void;
  /** Gives back all that is left. */
  release(): void;
}

/** How many bytes of requests a process holds at once: more is refused before memory is at risk. */
export class ByteBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes held now. */
  get held(): number {
    return this.#held;
  }

  hold(): Hold {
    let mine = 0;
    const change = (bytes: number): void => {
      mine += bytes;
      this.#held += bytes;
    };
    return {
      take: (bytes) => {
        if (this.#held + bytes > this.#most) throw new ThroughlineError('too-busy');
        change(bytes);
      },
      give: (bytes) => change(-bytes),
      release: () => change(-mine),
    };
  }
}
