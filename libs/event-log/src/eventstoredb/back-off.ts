import { setTimeout } from 'node:timers/promises';

const FIRST_MS = 20;
const MAX_MS = 2000;

/** Waits longer after each failure in a row, and never quite as long as the others do. */
export class BackOff {
  #failures = 0;

  /** Things work again. */
  reset(): void {
    this.#failures = 0;
  }

  /** Resolves after the wait, or at once when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const most = Math.min(MAX_MS, FIRST_MS * 2 ** this.#failures++);
    await setTimeout(most / 2 + Math.random() * (most / 2), undefined, { signal }).catch(() => undefined);
  }
}
