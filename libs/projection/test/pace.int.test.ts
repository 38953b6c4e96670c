/** How soon a version takes in what happens: at once where readers are given it, and together where they are not. */
import { touchpointStream, versionOf, type Position } from '@throughline/contracts';
import { EmbeddedViewStore } from '@throughline/read-model';
import { randomUUID } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { runProjection } from '../src/index.ts';
import { MemoryLog, newEvent } from './memory-log.ts';
import { inFolder } from './run.ts';
import { tally } from './tally.ts';

const ADA = 'ada0'.padEnd(32, '0');
const VERSION = versionOf(tally);
const NEVER = 3_600_000;

function happened(log: MemoryLog): Position {
  const data = { keys: [{ type: 'phone', key: ADA }], channel: 'phone', facts: { amount: 1 } };
  return log.put(touchpointStream(ADA), newEvent(randomUUID(), 'call.ended', data), Date.now()).position;
}

/** Follows the log with a version while something is done to it. */
async function following(
  log: MemoryLog,
  serves: boolean,
  work: (reaches: (position: Position) => Promise<boolean>) => Promise<void>,
): Promise<void> {
  await inFolder(async (dir) => {
    const store = new EmbeddedViewStore({ dir, projection: 'tally', version: VERSION, beside: !serves });
    const stop = new AbortController();
    const running = runProjection({
      definition: tally,
      log,
      store,
      serves: { definitions: serves, identity: true },
      signal: stop.signal,
      limits: { pace: 0, paceBeside: NEVER },
    });
    const reaches = async (position: Position) => {
      for (let tries = 0; tries < 50; tries++, await rest(10)) {
        if ((await store.progress()).position >= position) return true;
      }
      return false;
    };
    try {
      await work(reaches);
    } finally {
      stop.abort();
      await running;
      await store.close();
    }
  });
}

test('what readers are given takes in each event as it comes', () => {
  const log = new MemoryLog();
  const first = happened(log);
  return following(log, true, async (reaches) => {
    expect(await reaches(first)).toBe(true);
    expect(await reaches(happened(log))).toBe(true);
  });
});

test('what stands beside it takes in together what comes meanwhile', () => {
  const log = new MemoryLog();
  const first = happened(log);
  return following(log, false, async (reaches) => {
    expect(await reaches(first)).toBe(true);
    expect(await reaches(happened(log))).toBe(false);
  });
});
