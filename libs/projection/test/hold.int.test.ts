import { projectionStream, versionOf, type Position } from '@throughline/contracts';
import { EmbeddedViewStore } from '@throughline/read-model';
import { randomUUID } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { runProjection } from '../src/index.ts';
import { happened } from './happened.ts';
import { MemoryLog, newEvent } from './memory-log.ts';
import { inFolder } from './run.ts';
import { tally } from './tally.ts';

const VERSION = versionOf(tally);
const STREAM = projectionStream('tally');

/** Follows the log until the position is reached, or for a while that is long enough to go beyond it. */
async function follow(dir: string, log: MemoryLog, until?: Position): Promise<Position> {
  const store = new EmbeddedViewStore({ dir, projection: 'tally', version: VERSION });
  const stop = new AbortController();
  const running = runProjection({ definition: tally, log, store, signal: stop.signal });
  for (let tries = 0; tries < (until === undefined ? 15 : 500); tries++) {
    if (until !== undefined && (await store.progress()).position >= until) break;
    await rest(20);
  }
  stop.abort();
  await running;
  const { position } = await store.progress();
  await store.close();
  return position;
}

test('a writer that is to hold still does so, and so does the one that takes over from it, until both versions have been read', () =>
  inFolder(async (dir) => {
    const log = new MemoryLog();
    happened(log);
    const diff = randomUUID();
    const asked = { replay: randomUUID(), from: VERSION, to: 'another', author: 'ada', reason: '' };
    const { position } = log.put(STREAM, newEvent(diff, 'diff.requested', asked), Date.now());
    const beyond = happened(log);
    expect(await follow(dir, log)).toBe(position);
    expect(await follow(dir, log)).toBe(position);
    log.put(STREAM, newEvent(randomUUID(), 'diff.released', { diff }), Date.now());
    expect(await follow(dir, log, beyond)).not.toBe(position);
  }));

test('nobody waits for ever for a comparison that is not made', () =>
  inFolder(async (dir) => {
    const log = new MemoryLog();
    const asked = { replay: randomUUID(), from: VERSION, to: 'another', author: 'ada', reason: '' };
    log.put(STREAM, newEvent(randomUUID(), 'diff.requested', asked), Date.now() - 600_000);
    const beyond = happened(log);
    expect((await follow(dir, log, beyond)) >= beyond).toBe(true);
  }));
