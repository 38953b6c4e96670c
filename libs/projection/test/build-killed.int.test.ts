import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { versionOf } from '@throughline/contracts';
import { openLogReader } from '@throughline/event-log';
import { EmbeddedViewStore } from '@throughline/read-model';
import type { Built } from '../src/build/build-version.ts';
import type { BuildProgress } from '../src/build/meter.ts';
import { count } from './count.mjs';
import { fill } from './fill.ts';
import { inFolder } from './run.ts';

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const node = (...args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' });
const hash = (dir: string) => node(script('./build.mjs'), 'hash', dir);

/** What came of a build by so many threads. */
function build(dir: string, upTo: string, workers: number): Built {
  const lines = node(script('./build.mjs'), 'build', dir, upTo, `${workers}`).split('\n');
  return JSON.parse(lines.at(-1)!) as Built;
}

async function headOf(dir: string): Promise<string> {
  const log = await openLogReader({ dir: join(dir, 'log') });
  const head = await log.head();
  await log.close();
  return head;
}

/** Opened by the same token as those who build it, it sees what they have done. */
function openCount(dir: string): EmbeddedViewStore {
  return new EmbeddedViewStore({ dir, projection: 'count', version: versionOf(count), token: 1, beside: true });
}

describe('a version that is built by threads', () => {
  test('is what following the log leaves, with whatever number of them', async () => {
    await inFolder(async (dir) => {
      const [live, one, three] = [join(dir, 'live'), join(dir, 'one'), join(dir, 'three')];
      await fill(live);
      for (const copy of [one, three]) cpSync(live, copy, { recursive: true });
      node(script('./killed.mjs'), 'run', live);
      const head = await headOf(live);
      const built = build(one, head, 1);
      expect(build(three, head, 3)).toMatchObject({ tally: built.tally, customers: built.customers });

      expect(built).toMatchObject({ through: head, tally: { touchpoints: 3_060 }, shardsDone: 256, shardsSkipped: 0 });
      expect(hash(one)).toBe(hash(live));
      expect(hash(three)).toBe(hash(live));
    });
  });

  test('is the same when it was killed ten times, and no shard that was done is done again', async () => {
    await inFolder(async (dir) => {
      const [killed, undisturbed] = [join(dir, 'killed'), join(dir, 'undisturbed')];
      await fill(killed);
      cpSync(killed, undisturbed, { recursive: true });
      const head = await headOf(killed);
      const expected = build(undisturbed, head, 2);

      const store = openCount(killed);
      const foldMarks = async () => [...(await store.marks()).keys()].filter((name) => name.startsWith('fold-')).length;
      try {
        for (let deaths = 0; deaths < 10; deaths++) {
          const [marks, shards] = [(await store.marks()).size, await foldMarks()];
          const until = marks + 1 + Math.floor(50 * Math.random());
          const child = spawn(process.execPath, [script('./build.mjs'), 'build', killed, head, '2'], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let out = '';
          child.stdout.on('data', (text: Buffer) => (out += text.toString()));
          const exited = once(child, 'close');
          while (child.exitCode === null && (await store.marks()).size < until) await sleep(2);
          child.kill('SIGKILL');
          const [code] = (await exited) as [number | null];
          const folding = out.split('\n').find((line) => line.includes('"stage":"fold"'));
          if (folding) expect((JSON.parse(folding) as BuildProgress).shardsSkipped).toBe(shards);
          if (code === 0) break;
        }
        const shards = await foldMarks();
        const built = build(killed, head, 2);
        expect(built).toMatchObject({ tally: expected.tally, customers: expected.customers, shardsDone: 256 });
        // All marks but one are gone once it is built: then it was the last of the killed that did it.
        if (shards > 0) expect(built.shardsSkipped).toBe(shards);
      } finally {
        await store.close();
      }
      expect(hash(killed)).toBe(hash(undisturbed));
    });
  });
});
