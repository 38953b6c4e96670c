import { NOWHERE } from './index-part.ts';

/** How far the log is durable. No reader looks beyond it. */
export interface Mark {
  /** The offset after the last durable record. */
  readonly end: number;
  /** Where the last durable record begins, `NOWHERE` in an empty log. */
  readonly last: number;
}

export const EMPTY_LOG: Mark = { end: 0, last: NOWHERE };

/** Knows the mark, and when it moves. */
export interface MarkWatch {
  mark(): Mark;
  /** Resolves once the log is durable beyond `end`, or the watch is closed or the signal aborted; now and then for no reason. */
  moved(end: number, signal: AbortSignal): Promise<void>;
  readonly closed: boolean;
  close(): void;
}

/** Those who wait for the mark to move. A timer keeps their thread alive and looks again, should a wake-up have been missed. */
export class Waiting {
  readonly #waiters = new Set<() => void>();
  readonly #everyMs: number;
  readonly #look: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number, look: () => void) {
    this.#everyMs = everyMs;
    this.#look = look;
  }

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiters.delete(done);
        signal.removeEventListener('abort', done);
        if (this.#waiters.size === 0) this.#stop();
        resolve();
      };
      this.#waiters.add(done);
      signal.addEventListener('abort', done, { once: true });
      this.#timer ??= setInterval(this.#look, this.#everyMs);
    });
  }

  wake(): void {
    for (const done of this.#waiters) done();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
