/** The index thread: makes runs, one after the other, so that the writer's thread never waits for a sort. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { attemptRun } from './run-job.ts';
import type { RunJob } from './run-writer.ts';

/** It gives way to what people wait for. Linux alone gives a thread a priority of its own. */
if (process.platform === 'linux') setPriority(0, 10);

parentPort!.on('message', (job: RunJob) => parentPort!.postMessage(attemptRun(job)));
