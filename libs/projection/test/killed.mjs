/** A process of its own that runs a projection over a log, and is killed: `node killed.mjs run|dump <data folder>`. */
import { join } from 'node:path';
import { openLogReader } from '@throughline/event-log';
import { versionOf } from '@throughline/contracts';
import { runProjection } from '@throughline/projection';
import { EmbeddedViewStore, openViewReader } from '@throughline/read-model';
import { count } from './count.mjs';

const [mode, dir] = process.argv.slice(2);

if (mode === 'run') {
  const log = await openLogReader({ dir: join(dir, 'log') });
  const store = new EmbeddedViewStore({ dir, projection: 'count', version: versionOf(count) });
  const head = await log.head();
  const stop = new AbortController();
  const onProgress = ({ position }) => {
    process.stdout.write(`${position}\n`);
    if (position >= head) stop.abort();
  };
  const limits = { batch: 20, slice: 7, behind: 15, patience: 2 };
  if ((await store.progress()).position < head) {
    await runProjection({ definition: count, log, store, signal: stop.signal, limits, onProgress });
  }
  await store.close();
  await log.close();
} else {
  const view = openViewReader({ dir, projection: 'count' });
  const cells = [];
  for await (const cell of view.cells('touchpoints', { timed: true, from: 0, to: 2 })) cells.push(cell);
  for await (const cell of view.cells('customers', { timed: false })) cells.push(cell);
  const entries = [];
  for (const field of ['n', 'sum']) entries.push(await view.scan({ field, limit: 100_000 }));
  const customers = [];
  for (const { customer } of entries[0]) customers.push(await view.customer(customer));
  const text = cells.map((cell) => JSON.stringify(cell)).sort();
  process.stdout.write(JSON.stringify({ cells: text, entries, customers, count: await view.customerCount() }));
  await view.close();
}
