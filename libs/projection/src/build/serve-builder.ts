import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { problemCode, type ProblemCode, type ProjectionOf, type ThroughlineError } from '@throughline/contracts';
import { Stopped } from './brake.ts';
import { doTask } from './crew.ts';
import { openBuilder, type BuildPlace } from './open-builder.ts';
import type { Done, ResultOf, Task } from './task.ts';

/** What a builder's thread is given. */
export interface BuilderData {
  /** The name of what it builds. */
  readonly projection: string;
  readonly builds: BuildPlace;
}

/** What it tells of its task. */
export type Told =
  | { readonly done: Done }
  | { readonly result: ResultOf<Task> }
  | { readonly failed: ProblemCode; readonly detail: string | undefined }
  | { readonly stopped: true };

/** Whoever builds gives way to everybody else. */
const NICENESS = 10;

/** Whether this thread was started to build. */
export function isBuilder(): boolean {
  return (workerData as Partial<BuilderData> | null)?.builds !== undefined;
}

/**
 * The body of a builder's thread: does the tasks that it is sent, until it is sent nothing any more.
 *
 * @param named The projection of a name: the one that the thread builds.
 */
export async function serveBuilder<F, V>(named: (name: string) => ProjectionOf<F, V>): Promise<void> {
  const { projection, builds } = workerData as BuilderData;
  const parent = parentPort!;
  const tell = (told: Told) => parent.postMessage(told);
  // Linux alone gives a thread a priority of its own; elsewhere it would be the whole process's.
  if (process.platform === 'linux') setPriority(0, NICENESS);
  const { builder, ended, close } = await openBuilder(named(projection), builds);
  ended.addEventListener('abort', () => builder.brake.stop());
  await new Promise<void>((resolve, reject) => {
    parent.on('message', (task: Task | undefined) => {
      if (task === undefined) resolve();
      else {
        doTask(builder, task, (done) => tell({ done })).then(
          (result) => tell({ result }),
          (caught: unknown) => {
            const error = ended.aborted ? (ended.reason as unknown) : caught;
            const code = problemCode(error);
            if (error instanceof Stopped) tell({ stopped: true });
            else if (code !== undefined) tell({ failed: code, detail: (error as ThroughlineError).detail });
            // What is not in the catalogue ends the thread as it is: the parent sees it as the worker's error.
            else reject(error);
          },
        );
      }
    });
  }).finally(() => parent.close());
  await close();
}
