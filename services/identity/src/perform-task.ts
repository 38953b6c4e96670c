import { openLogAt } from '@throughline/event-log';
import type { Work } from '@throughline/projection';
import { compareThere } from './compare-there.ts';
import { decideThere } from './decide-there.ts';
import type { IdentityNews, IdentityPlace, IdentityTask } from './tasks.ts';

/** What a thread of identity does: opens the log that it is told of, does its task until the signal aborts, and closes it. */
export const performTask: Work<{ readonly place: IdentityPlace; readonly task: IdentityTask }, IdentityNews> = async (
  { place, task },
  writer,
  signal,
  tell,
) => {
  const log = await openLogAt(place.log);
  try {
    const on = { place, log, writer, signal, tell };
    await (task.kind === 'decide' ? decideThere(task, on) : compareThere(task, on));
  } finally {
    await log.close();
  }
};
