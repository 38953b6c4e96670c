/** The index thread: makes runs, one after the other, so that the writer's thread never waits for a sort. */
import { parentPort } from 'node:worker_threads';
import { IndexDamaged } from './index-part.ts';
import { makeRun, type RunJob } from './run-writer.ts';

/** Undefined for done. Errors cross threads as what tells them apart. */
export interface RunFailure {
  readonly message: string;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  /** The run that is damaged, when that is what is wrong. */
  readonly damaged: string | undefined;
}

parentPort!.on('message', (job: RunJob) => {
  let failure: RunFailure | undefined;
  try {
    makeRun(job);
  } catch (error) {
    const { message, code, detail } = error as { message: string; code?: string; detail?: string };
    failure = { message, code, detail, damaged: error instanceof IndexDamaged ? error.path : undefined };
  }
  parentPort!.postMessage(failure);
});
