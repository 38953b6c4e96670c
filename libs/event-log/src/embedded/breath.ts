import { setImmediate } from 'node:timers/promises';

const MAX_MS = 1;

/** Lets long synchronous work pause, so that nothing else on its thread waits for more than about a millisecond. */
export class Breath {
  #since = performance.now();

  /** Whether it is time to pause; ask every few dozen microseconds. */
  get due(): boolean {
    return performance.now() - this.#since > MAX_MS;
  }

  async take(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
