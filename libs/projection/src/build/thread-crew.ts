import { Worker } from 'node:worker_threads';
import { ThroughlineError } from '@throughline/contracts';
import { Stopped } from './brake.ts';
import type { Crew } from './crew.ts';
import type { BuildPlace } from './open-builder.ts';
import type { BuilderData, Told } from './serve-builder.ts';
import type { ResultOf, Task, Tell } from './task.ts';

const MIB = 1024 * 1024;
/** Most of what folding makes is gone with its batch: with room for it, the collector finds little to copy. */
const YOUNG_MB = 64;
/** Beyond the heap at which a thread gives back what it has no room for. */
const OLD_BEYOND = 1.4;

export interface ThreadCrew extends Crew {
  close(): Promise<void>;
}

/** A crew of threads; `script` is the module whose body is `serveBuilder`, which knows the projection by its name. */
export function crewOfThreads(script: URL, projection: string, place: BuildPlace, size: number): ThreadCrew {
  const builders = Array.from({ length: size }, () => new BuilderThread(script, { projection, builds: place }));
  const idle = [...builders];
  return {
    size,
    async run<T extends Task>(task: T, tell: Tell): Promise<ResultOf<T>> {
      const builder = idle.shift()!;
      const result = await builder.run(task, tell);
      idle.push(builder);
      return result as ResultOf<T>;
    },
    async close() {
      await Promise.all(builders.map((builder) => builder.close()));
    },
  };
}

interface Running {
  readonly tell: Tell;
  resolve(result: ResultOf<Task>): void;
  reject(error: unknown): void;
}

class BuilderThread {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #running: Running | undefined;
  #failed: { readonly error: unknown } | undefined;

  constructor(script: URL, data: BuilderData) {
    const maxOldGenerationSizeMb = Math.ceil((data.builds.limits.heap * OLD_BEYOND) / MIB);
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB, maxOldGenerationSizeMb };
    this.#worker = new Worker(script, { workerData: data, resourceLimits });
    this.#worker.on('message', (told: Told) => this.#hear(told));
    this.#worker.on('error', (error) => this.#fail(explained(error)));
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    void this.#exited.then(() => this.#fail(new ThroughlineError('replay-failed', 'A thread that builds has ended.')));
  }

  run(task: Task, tell: Tell): Promise<ResultOf<Task>> {
    return new Promise((resolve, reject) => {
      if (this.#failed) return reject(this.#failed.error);
      this.#running = { tell, resolve, reject };
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    this.#worker.postMessage(undefined);
    await this.#exited;
  }

  #hear(told: Told): void {
    if ('done' in told) this.#running?.tell(told.done);
    else if ('result' in told) this.#running?.resolve(told.result);
    else if ('stopped' in told) this.#running?.reject(new Stopped());
    else this.#running?.reject(new ThroughlineError(told.failed, told.detail));
  }

  #fail(error: unknown): void {
    this.#failed ??= { error };
    this.#running?.reject(error);
  }
}

function explained(error: unknown): unknown {
  if ((error as { code?: unknown }).code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new ThroughlineError('replay-failed', 'A thread that builds has no memory left.', { cause: error });
}
