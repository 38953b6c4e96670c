/** Fills a log with simulated touchpoints as intake would, has identity decide on all of them, and says where so many of them end. */
import { join } from 'node:path';
import { keyOf } from '@throughline/contracts';
import { openLog } from '@throughline/event-log';
import { DEFAULT_RULES, Rules } from '@throughline/identity';
import { runIdentity } from '@throughline/identity-service';
import { openIdentityStoreAt } from '@throughline/read-model';
import { SECRET, simulatedAppends } from './simulated.mjs';

/** Of the simulation. */
const DAYS = 365;
const BATCH = 5_000;

/**
 * @param folder It becomes a deployment's data folder.
 * @param counts How many touchpoints, ascending.
 * @returns the position at which each count of touchpoints is reached, decisions about them included as far as they were made by then.
 */
export async function fill(folder, { counts, customers }) {
  const log = await openLog({ dir: join(folder, 'log') });
  const graph = await openIdentityStoreAt(
    { engine: 'embedded', dir: folder },
    { dir: join(folder, 'identity'), rules: DEFAULT_RULES.version, completeAt: '' },
  );
  const rules = new Rules(DEFAULT_RULES, (identifier) => keyOf(SECRET, identifier));
  try {
    const positions = [];
    let count = 0;
    for await (const appends of batches(simulatedAppends({ customers, days: DAYS }), counts)) {
      await log.append(appends);
      count += appends.length;
      if (!counts.includes(count)) continue;
      await decide(log, graph.store, rules);
      positions.push({ touchpoints: count, upTo: await log.head() });
    }
    return positions;
  } finally {
    await graph.close();
    await log.close();
  }
}

/** Lets identity decide on everything that is in the log. */
async function decide(log, store, rules) {
  const head = await log.head();
  const done = new AbortController();
  const onProgress = ({ through }) => {
    if (through >= head) done.abort();
  };
  await runIdentity({ log, writer: log, store, rules, signal: done.signal, onProgress });
}

/** Batches that end at each of the counts. */
function* batches(appends, counts) {
  let batch = [];
  let count = 0;
  for (const append of appends) {
    batch.push(append);
    count++;
    if (batch.length === BATCH || counts.includes(count)) {
      yield batch;
      batch = [];
    }
    if (count === counts.at(-1)) return;
  }
}
