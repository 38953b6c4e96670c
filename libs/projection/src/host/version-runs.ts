import type { Running } from './running.ts';

interface Run {
  readonly running: Running;
  ending: boolean;
}

/** How long one that failed, and on which nobody depends, rests before it is run again, milliseconds. */
const REST = 5_000;

/** The versions that run here, each in a thread of its own. */
export class VersionRuns {
  readonly #runs = new Map<string, Run>();
  readonly #resting = new Map<string, number>();
  readonly #failed = new AbortController();
  readonly #mayFail: (version: string) => boolean;

  /** @param mayFail Whether others go on without this version, which is then run again after a while. */
  constructor(mayFail: (version: string) => boolean) {
    this.#mayFail = mayFail;
  }

  /** Aborts when one has failed that may not, with why. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Whether nothing of the version runs any more. */
  isIdle(version: string): boolean {
    return !this.#runs.has(version);
  }

  /** Has exactly these run; those that are to end no more than begin to. */
  keep(wanted: ReadonlyMap<string, () => Running>): void {
    for (const [version, run] of this.#runs) {
      if (run.ending || wanted.has(version)) continue;
      run.ending = true;
      void run.running.stop();
    }
    for (const [version, start] of wanted) {
      if (this.#runs.has(version) || (this.#resting.get(version) ?? 0) > performance.now()) continue;
      this.#start(version, start());
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ running }) => running.stop()));
  }

  #start(version: string, running: Running): void {
    const run: Run = { running, ending: false };
    this.#runs.set(version, run);
    running.ended
      .catch((error: unknown) => {
        if (run.ending || this.#mayFail(version)) this.#resting.set(version, performance.now() + REST);
        else this.#failed.abort(error);
      })
      .finally(() => this.#runs.delete(version));
  }
}
