/** The embedded log against the physical limit, both in this run: a plain file for appending, `JSON.parse` for reading. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START } from '@throughline/contracts';
import { openLog, openLogReader } from '@throughline/event-log';
import { perSecond, timed } from './measure.mjs';
import { simulatedAppends } from './simulated.mjs';

/** So many events as intake would append them. */
export function events(count) {
  const made = [];
  for (const append of simulatedAppends({ customers: Math.ceil(count / 10), days: 100_000 })) {
    made.push(append);
    if (made.length === count) break;
  }
  return made;
}

const textOf = ({ events: [event] }) => JSON.stringify([event.data, event.personal, event.metadata]);

/**
 * Durable appends in batches of one size, then the same bytes to a plain file, written and synced as often; and the time that
 * `JSON.stringify` alone takes for them, which no log of objects can do without.
 */
async function append(folder, all, batch, seconds) {
  const log = await openLog({ dir: join(folder, `append-${batch}`) });
  const file = await open(join(folder, `plain-${batch}`), 'w');
  let appended = 0;
  let plain = 0;
  let appendSeconds = 0;
  let plainSeconds = 0;
  let textSeconds = 0;
  // Turn about, so that both meet the same machine.
  for (let at = 0; at + batch <= all.length && appendSeconds < seconds; at += batch) {
    const appends = all.slice(at, at + batch);
    const before = log.stats().bytes;
    appendSeconds += (await timed(() => log.append(appends))).seconds;
    appended += batch;
    const bytes = Buffer.alloc(log.stats().bytes - before, 0x61);
    plainSeconds += (
      await timed(async () => {
        await file.write(bytes);
        await file.datasync();
      })
    ).seconds;
    plain += batch;
    textSeconds += (
      await timed(() => {
        for (const { events } of appends)
          for (const { data, personal, metadata } of events)
            [data, personal, metadata].map((part) => JSON.stringify(part));
      })
    ).seconds;
  }
  await log.close();
  await file.close();
  return {
    own: perSecond(appended, appendSeconds),
    limit: perSecond(plain, plainSeconds),
    withText: perSecond(plain, plainSeconds + textSeconds),
  };
}

async function fill(dir, all) {
  const log = await openLog({ dir });
  for (let at = 0; at < all.length; at += 5000) await log.append(all.slice(at, at + 5000));
  await log.close();
}

/** Reads everything and parses all three parts, then parses the same texts, which lie ready in memory. */
async function scan(dir, all) {
  const reader = await openLogReader({ dir });
  const own = await timed(async () => {
    let count = 0;
    for await (const batch of reader.read({ after: START })) {
      for (const event of batch.events) {
        if (event.data && event.metadata && event.personal !== null) count++;
      }
    }
    return count;
  });
  await reader.close();
  const buffers = all
    .map((one) => one.events[0])
    .map((event) => [event.data, event.personal, event.metadata].map((part) => JSON.stringify(part)));
  const limit = await timed(() => {
    for (const parts of buffers) for (const part of parts) JSON.parse(part);
  });
  return { own: perSecond(own.result, own.seconds), limit: perSecond(all.length, limit.seconds) };
}

export async function benchLog({ quick }) {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-log-'));
  try {
    const rows = [];
    const some = events(quick ? 20_000 : 200_000);
    const bytes = Math.round(some.slice(0, 1000).reduce((sum, one) => sum + textOf(one).length, 0) / 1000);
    await append(folder, some.slice(0, 20_000), 1000, 1);
    await rm(join(folder, 'append-1000'), { recursive: true });
    for (const batch of [1, 100, 1000]) {
      const { own, limit, withText } = await append(folder, some, batch, quick ? 1 : 4);
      const aim = batch === 1000 ? '≥ 0.5' : undefined;
      rows.push({
        what: `durable append, ${batch} a batch (${bytes} B of JSON each)`,
        value: own,
        limit,
        unit: 'events/s',
        aim,
        ok: aim && own / limit >= 0.5,
      });
      if (batch === 1000)
        rows.push({
          what: '… against JSON.stringify and the plain file',
          value: own,
          limit: withText,
          unit: 'events/s',
        });
    }
    const million = quick ? some : events(1_000_000);
    const dir = join(folder, 'million');
    await fill(dir, million);
    const part = million.slice(0, 200_000);
    const partDir = join(folder, 'part');
    await fill(partDir, part);
    await scan(partDir, part);
    const { own, limit } = await scan(partDir, part);
    rows.push({
      what: 'scan and parse, against JSON.parse in memory',
      value: own,
      limit,
      unit: 'events/s',
      aim: '≥ 0.8',
      ok: own / limit >= 0.8,
    });
    const opened = await timed(() => openLog({ dir }));
    await opened.result.close();
    rows.push({
      what: `opening a log of ${million.length.toLocaleString('en')} events`,
      value: opened.seconds,
      unit: 's',
      aim: '≤ 0.5',
      ok: opened.seconds <= 0.5,
    });
    return { rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
