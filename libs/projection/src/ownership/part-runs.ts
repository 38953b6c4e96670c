import { problemCode } from '@throughline/contracts';
import type { Part } from '@throughline/read-model';

/** Writes one part until the signal aborts. */
export type PartRun = (part: Part, token: number, signal: AbortSignal) => Promise<void>;

interface Run {
  readonly token: number;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

export interface PartRunsOptions {
  readonly run: PartRun;
  /** Told which parts run, in order, whenever that changes. */
  readonly onChange: ((parts: readonly number[]) => void) | undefined;
  /** Told when a run has ended that was to end. */
  readonly onStopped: () => void;
}

/**
 * ```
 *   (none) ── start ──▶ running ── stop ──▶ ending ── the run ends ──▶ (none)
 *                          └── ends by itself, as when taken over ──────▲
 * ```
 *
 * The parts that run here.
 */
export class PartRuns {
  readonly #options: PartRunsOptions;
  readonly #runs = new Map<number, Run>();
  readonly #failed = new AbortController();

  constructor(options: PartRunsOptions) {
    this.#options = options;
  }

  /** Aborts when a run has failed, with why. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** The parts that run and are not told to end, each with its token. */
  get running(): ReadonlyMap<number, number> {
    const running = [...this.#runs].filter(([, { stopping }]) => !stopping.signal.aborted);
    return new Map(running.map(([index, { token }]) => [index, token]));
  }

  /** Whether nothing of the part runs here any more. */
  isIdle(part: number): boolean {
    return !this.#runs.has(part);
  }

  start(part: Part, token: number): void {
    const stopping = new AbortController();
    const ended = this.#run(part, token, stopping.signal);
    this.#runs.set(part.index, { token, stopping, ended });
    this.#tell();
  }

  stop(part: number): void {
    this.#runs.get(part)?.stopping.abort();
  }

  /** Resolves once nothing runs any more. */
  async stopAll(): Promise<void> {
    const runs = [...this.#runs.values()];
    for (const { stopping } of runs) stopping.abort();
    await Promise.all(runs.map(({ ended }) => ended));
  }

  async #run(part: Part, token: number, signal: AbortSignal): Promise<void> {
    // Whatever it does, it does after it has been noted as running.
    await Promise.resolve();
    try {
      await this.#options.run(part, token, signal);
    } catch (error) {
      if (problemCode(error) !== 'view-taken-over') this.#failed.abort(error);
    }
    this.#runs.delete(part.index);
    this.#tell();
    if (signal.aborted) this.#options.onStopped();
  }

  #tell(): void {
    this.#options.onChange?.([...this.#runs.keys()].sort((a, b) => a - b));
  }
}
