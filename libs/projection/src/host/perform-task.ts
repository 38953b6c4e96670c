import type { ProjectionOf } from '@throughline/contracts';
import { openLogAt } from '@throughline/event-log';
import { followVersion } from './follow-version.ts';
import { buildThere } from './build-there.ts';
import { diffThere } from './diff-there.ts';
import type { ProjectionTask, TaskOn } from './tasks.ts';

/** Does a task on the engines it is told of, and closes what it opened. */
export async function performTask<F, V>(
  projection: ProjectionOf<F, V>,
  task: ProjectionTask,
  on: Omit<TaskOn, 'log'>,
): Promise<void> {
  const log = await openLogAt(on.place.log);
  const company = on.place.company;
  try {
    switch (task.kind) {
      case 'follow':
        return await followVersion(projection(company, task.documents), task, { ...on, log });
      case 'build':
        return await buildThere(projection, task, { ...on, log });
      case 'diff':
        return await diffThere(projection, task, { ...on, log });
      default: {
        const none: never = task;
        return none;
      }
    }
  } finally {
    await log.close();
  }
}
