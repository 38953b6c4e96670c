import { problemCode } from '@throughline/contracts';
import type { Logger } from 'pino';
import type { Health, PartHealth } from './health/health.ts';
import type { PartFigures } from './metrics/part-figures.ts';

/** A part that runs beside the HTTP thread. */
export interface Running {
  /** Resolves when it ended because it was stopped; rejects when it failed. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds before a failed part is started again: doubled each time, and back to the first once it ran a while. */
const BACK_OFF = { first: 200, last: 10_000, forgetAfter: 60_000 };

/**
 *      ┌──────────── ended: back-off ◀──────────┐
 *      ▼                                        │
 *   starting ──▶ running ── fails ──▶ waiting ──┘      stop() from anywhere ──▶ stopped
 *                   └── taken over by another process ──▶ left to it
 *
 * Keeps one part running. Failing is survivable, since a part goes on from its last commit: it is logged, shown by
 * `/health/ready`, and tried again. A part that another process has taken over is left there: starting it again would take it
 * back, and the two would go on taking it from each other.
 */
export class Supervisor {
  readonly #name: string;
  readonly #start: () => Running | Promise<Running>;
  readonly #logger: Logger;
  readonly #figures: PartFigures;
  #running: Running | undefined;
  #health: PartHealth = { ready: false, detail: 'starting' };
  #wake: (() => void) | undefined;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(
    name: string,
    start: () => Running | Promise<Running>,
    { logger, health, figures }: { logger: Logger; health: Health; figures: PartFigures },
  ) {
    this.#name = name;
    this.#start = start;
    this.#logger = logger;
    this.#figures = figures;
    figures.watchFailures(name);
    health.register(name, () => this.#health);
  }

  run(): void {
    this.#loop = this.#keepRunning();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#health = { ready: false, detail: 'stopped' };
    this.#wake?.();
    await this.#running?.stop();
    await this.#loop;
  }

  async #keepRunning(): Promise<void> {
    for (let pause = BACK_OFF.first; !this.#stopped; pause = Math.min(2 * pause, BACK_OFF.last)) {
      const startedAt = performance.now();
      try {
        this.#running = await this.#start();
        if (this.#stopped) await this.#running.stop();
        else this.#health = { ready: true };
        await this.#running.ended;
      } catch (error) {
        this.#figures.failed(this.#name);
        if (problemCode(error) === 'view-taken-over') return this.#leave();
        this.#logger.error({ part: this.#name, err: error }, 'a part failed; it is started again');
      }
      this.#running = undefined;
      if (this.#stopped) return;
      if (performance.now() - startedAt > BACK_OFF.forgetAfter) pause = BACK_OFF.first;
      this.#health = { ready: false, detail: 'it failed, and is about to be started again' };
      await this.#wait(pause);
    }
  }

  #leave(): void {
    this.#running = undefined;
    this.#health = { ready: false, detail: 'another process has taken it over; restart this one to take it back' };
    this.#logger.warn({ part: this.#name }, 'another process has taken this part over; it is left to that one');
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
