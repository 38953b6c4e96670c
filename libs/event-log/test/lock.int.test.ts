/** Containers that share a volume: their pids say nothing of each other, both are 1. */
import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { START } from '@throughline/contracts';
import { openLog } from '../src/index.ts';
import { missingContainers, startContained, type Contained } from './support/container.ts';
import { exited, message } from './support/dist.ts';
import { eventsOf, inFolder } from './support/folder.ts';

interface Report {
  readonly opened?: boolean;
  readonly pid?: number;
  readonly code?: string;
  readonly detail?: string;
}

test('the package is built, so that child processes can run it', () => {
  expect(existsSync(new URL('../dist/index.js', import.meta.url))).toBe(true);
});

const missing = missingContainers();
if (missing) console.warn(`The lock among containers is not tested. ${missing}.`);

(missing ? describe.skip : describe)('The lock of a writer in another container', () => {
  /** Gives a folder, and starts holders of its log; what is left of them afterwards is killed. */
  async function withHolders(use: (dir: string, start: (host: string) => Contained) => Promise<void>): Promise<void> {
    const started: Contained[] = [];
    await inFolder(async (dir) => {
      try {
        await use(dir, (host) => {
          const holder = startContained(host, 'holder.mjs', [dir]);
          started.push(holder);
          return holder;
        });
      } finally {
        for (const { child, signal } of started) {
          if (child.exitCode === null && child.signalCode === null) signal('SIGKILL');
          await exited(child);
        }
      }
    });
  }

  test('is respected while that one lives, from another and from none, and taken when it lets go', async () => {
    await withHolders(async (dir, start) => {
      const first = start('one');
      expect(await message<Report>(first.child)).toEqual({ opened: true, pid: 1 });
      const refused = { code: 'log-locked', detail: `Process 1 of host one, which is alive, holds ${dir}.` };
      expect(await message<Report>(start('two').child)).toEqual({ opened: false, ...refused });
      await expect(openLog({ dir })).rejects.toMatchObject(refused);
      first.child.send('let go');
      await exited(first.child);
      await (await openLog({ dir })).close();
    });
  }, 60_000);

  test('is free when that one was killed, to one of those who come after it', async () => {
    await withHolders(async (_dir, start) => {
      const first = start('one');
      await message(first.child);
      first.signal('SIGKILL');
      await exited(first.child);
      const next = [start('two'), start('three')];
      const reports = await Promise.all(next.map(({ child }) => message<Report>(child)));
      expect(reports.map(({ opened }) => opened).sort()).toEqual([false, true]);
    });
  }, 60_000);

  test('is lost to one that was frozen for too long: it writes no more, and spoils nothing', async () => {
    await withHolders(async (dir, start) => {
      const ask = async ({ child }: Contained) => {
        child.send('append');
        return (await message<Report>(child)).code;
      };
      const frozen = start('one');
      await message(frozen.child);
      expect(await ask(frozen)).toBe('appended');
      frozen.signal('SIGSTOP');
      const next = start('two');
      expect(await message<Report>(next.child)).toMatchObject({ opened: true });
      expect(await ask(next)).toBe('appended');
      frozen.signal('SIGCONT');
      expect(await ask(frozen)).toBe('log-locked');
      frozen.child.send('let go');
      await exited(frozen.child);
      expect(await ask(next)).toBe('appended');
      next.child.send('let go');
      await exited(next.child);

      const log = await openLog({ dir });
      expect(await eventsOf(log.read({ after: START }))).toHaveLength(3);
      expect(log.stats().torn).toBe(0);
      await log.close();
    });
  }, 60_000);
});
