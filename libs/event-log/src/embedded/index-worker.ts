/** The index thread: makes runs, one after the other, so that the writer's thread never waits for a sort. */
import { parentPort } from 'node:worker_threads';
import { attemptRun } from './run-job.ts';
import type { RunJob } from './run-writer.ts';

parentPort!.on('message', (job: RunJob) => parentPort!.postMessage(attemptRun(job)));
