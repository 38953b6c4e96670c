import { IndexDamaged } from './index-part.ts';
import { makeRun, type RunJob } from './run-writer.ts';

/** Errors cross threads as what tells them apart. */
export interface RunFailure {
  readonly message: string;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  /** The run that is damaged, when that is what is wrong. */
  readonly damaged: string | undefined;
}

/** Does the job; undefined when it is done. */
export function attemptRun(job: RunJob): RunFailure | undefined {
  try {
    makeRun(job);
    return undefined;
  } catch (error) {
    const { message, code, detail } = error as { message: string; code?: string; detail?: string };
    return { message, code, detail, damaged: error instanceof IndexDamaged ? error.path : undefined };
  }
}
