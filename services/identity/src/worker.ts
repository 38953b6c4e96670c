/** Identity's threads. */
import { serveThread } from '@throughline/projection';
import { performTask } from './perform-task.ts';
import type { IdentityTask } from './tasks.ts';

/** What is decided for readers goes first; what is only to be compared comes last, as a projection's builders do. */
function nicenessOf(task: IdentityTask): number {
  return task.kind === 'compare' ? 10 : task.isBeside ? 15 : 0;
}

await serveThread(performTask, ({ task }) => nicenessOf(task));
