import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { problemCode, ThroughlineError } from '@throughline/contracts';
import { IndexDamaged } from './index-part.ts';
import { attemptRun, type RunFailure } from './run-job.ts';
import type { RunJob } from './run-writer.ts';

const SCRIPT = new URL('./index-worker.js', import.meta.url);

/**
 * Makes runs off this thread, one at a time. The thread is there only while there is work: what sorting a segment takes, some
 * 75 MB, goes with it, where an idle thread would not be collected.
 */
export class IndexThread {
  #worker: Worker | undefined;
  /** Who waits for the job in hand. */
  #due: { resolve(failure: RunFailure | undefined): void; reject(error: Error): void } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** In hand or waiting. */
  #jobs = 0;

  /** @throws what `makeRun` throws; a code out of the catalogue is kept. */
  make(job: RunJob): Promise<void> {
    this.#jobs++;
    const made = this.#last.then(() => this.#make(job)).finally(() => this.#letGo());
    this.#last = made.catch(() => undefined);
    return made;
  }

  /** Waits for the job in hand. */
  async close(): Promise<void> {
    await this.#last;
  }

  async #letGo(): Promise<void> {
    this.#jobs--;
    if (this.#jobs > 0) return;
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #make(job: RunJob): Promise<void> {
    const failure = await this.#done(job);
    if (failure === undefined) return;
    if (failure.damaged) throw new IndexDamaged(failure.damaged);
    const code = problemCode(failure);
    throw code
      ? new ThroughlineError(code, failure.detail)
      : Object.assign(new Error(failure.message), { code: failure.code });
  }

  async #done(job: RunJob): Promise<RunFailure | undefined> {
    // Run from its TypeScript source, as tests do, there is no script that a thread could load.
    if (!existsSync(fileURLToPath(SCRIPT))) return attemptRun(job);
    const worker = (this.#worker ??= this.#start());
    return await new Promise<RunFailure | undefined>((resolve, reject) => {
      this.#due = { resolve, reject };
      worker.postMessage(job);
    });
  }

  #start(): Worker {
    const worker = new Worker(SCRIPT, { name: 'event-log-index' });
    const lose = (error: Error) => {
      this.#worker = undefined;
      this.#due?.reject(error);
    };
    worker.on('message', (failure: RunFailure | undefined) => this.#due?.resolve(failure));
    worker.on('error', lose);
    worker.on('exit', () => lose(new Error('The index thread ended.')));
    return worker;
  }
}
