/** What no replay can be faster than: reads a log and parses all of each touchpoint's JSON, or of every n-th one; folds nothing. A thread of replay.mjs. */
import { parentPort, workerData } from 'node:worker_threads';
import { START, TOUCHPOINT_PREFIX } from '@throughline/contracts';
import { openLogReader } from '@throughline/event-log';

const { dir, upTo, share, of } = workerData;
const log = await openLogReader({ dir });
let n = 0;
let parsed = 0;
for await (const { events } of log.read({ after: START, upTo, prefixes: [TOUCHPOINT_PREFIX] })) {
  for (const event of events) {
    if (n++ % of !== share) continue;
    if (event.data && event.metadata && event.personal !== null) parsed++;
  }
}
await log.close();
parentPort.postMessage(parsed);
