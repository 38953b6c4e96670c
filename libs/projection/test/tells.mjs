/**
 * A process of its own that folds a log, tells Kafka what changes, and is killed: `node tells.mjs <data folder> <broker> <topic>
 * <deaths>`. An even number kills it right behind so many publications, before it takes anything out of the outbox; an odd one before.
 */
import { join } from 'node:path';
import { openChangePublisher } from '@throughline/changes';
import { versionOf } from '@throughline/contracts';
import { openLogReader } from '@throughline/event-log';
import { Bell, relayChanges, runProjection } from '@throughline/projection';
import { EmbeddedViewStore } from '@throughline/read-model';
import { count } from './count.mjs';

const [dir, broker, topic, dies] = process.argv.slice(2);
const log = await openLogReader({ dir: join(dir, 'log') });
const store = new EmbeddedViewStore({ dir, projection: 'count', version: versionOf(count) });
const head = await log.head();
const folded = new AbortController();
const told = new AbortController();
const bell = new Bell();
const real = openChangePublisher({ brokers: [broker], topic, tls: false });
let left = Number(dies);
const publisher = {
  async publish(changes) {
    if (--left === 0 && dies % 2 === 1) process.kill(process.pid, 'SIGKILL');
    await real.publish(changes);
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  },
};
/** A few at a time, so that there are many moments to be killed at. */
const outbox = {
  waiting: (limit) => store.waiting(Math.min(limit, 150)),
  waitingCount: () => store.waitingCount(),
  told: (through) => store.told(through),
};
const relaying = relayChanges({
  store: outbox,
  publisher,
  bell,
  signal: told.signal,
  onRelayed: ({ waiting }) => folded.signal.aborted && waiting === 0 && told.abort(),
});
if ((await store.progress()).position < head) {
  await runProjection({
    definition: count,
    log,
    store,
    signal: folded.signal,
    limits: { batch: 20, behind: 1_000, pace: 0 },
    tells: true,
    onProgress({ position }) {
      if (position >= head) folded.abort();
      bell.ring();
    },
  });
}
folded.abort();
bell.ring();
await relaying;
await real.close();
await store.close();
await log.close();
