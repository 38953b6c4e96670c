/** How soon a version takes in what happens: at once where readers are given it, and together where they are not. */
import { versionOf, type Position } from '@throughline/contracts';
import { EmbeddedViewStore } from '@throughline/read-model';
import { setTimeout as rest } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { runProjection } from '../src/index.ts';
import { happened } from './happened.ts';
import { MemoryLog } from './memory-log.ts';
import { inFolder } from './run.ts';
import { tally } from './tally.ts';

const NEVER = 3_600_000;

/** Which of two events, the second coming once the first is to be seen, a version takes in soon. */
async function takenIn({ given }: { readonly given: boolean }): Promise<readonly boolean[]> {
  const taken: boolean[] = [];
  await inFolder(async (dir) => {
    const log = new MemoryLog();
    const store = new EmbeddedViewStore({ dir, projection: 'tally', version: versionOf(tally), beside: !given });
    const stop = new AbortController();
    const running = runProjection({
      definition: tally,
      log,
      store,
      serves: { definitions: given, identity: true },
      signal: stop.signal,
      limits: { pace: 0, paceBeside: NEVER },
    });
    const reaches = async (position: Position) => {
      for (let tries = 0; tries < 50; tries++, await rest(10)) {
        if ((await store.progress()).position >= position) return true;
      }
      return false;
    };
    taken.push(await reaches(happened(log)), await reaches(happened(log)));
    stop.abort();
    await running;
    await store.close();
  });
  return taken;
}

test('what readers are given takes in each event as it comes', async () => {
  expect(await takenIn({ given: true })).toEqual([true, true]);
});

test('what stands beside it takes in together what comes meanwhile', async () => {
  expect(await takenIn({ given: false })).toEqual([true, false]);
});
