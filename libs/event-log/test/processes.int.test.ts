import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { START } from '@throughline/contracts';
import { NO_STREAM, openLog, openLogReader, remoteWriter, serveAppends } from '../src/index.ts';
import { exited, message, start } from './support/dist.ts';
import { append, event, eventsOf, filesOf, inFolder } from './support/folder.ts';

test('the package is built, so that child processes can run it', () => {
  expect(existsSync(new URL('../dist/index.js', import.meta.url))).toBe(true);
});

describe('A writer that is killed', () => {
  test('any number of times has lost nothing that it acknowledged, and half an append is never seen', async () => {
    await inFolder(async (dir) => {
      const acknowledged = new Set<string>();
      for (let round = 0; round < 20; round++) {
        const child = start('writer.mjs', [dir, '60000']);
        child.on('message', (report: { acknowledged?: string[] }) =>
          report.acknowledged?.forEach((id) => acknowledged.add(id)),
        );
        await message(child);
        const atLeast = acknowledged.size + 20 + 37 * round;
        while (acknowledged.size < atLeast) await message(child);
        child.kill('SIGKILL');
        await exited(child);
      }
      const log = await openLog({ dir });
      const events = await eventsOf(log.read({ after: START }));
      const ids = new Set(events.map(({ id }) => id));
      expect(ids.size).toBe(events.length);
      expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
      expect((await log.find([...ids])).every((home) => home !== undefined)).toBe(true);
      // An append has one more event than its first event's number leaves over five.
      const first = new Map(
        events.filter(({ revision }) => revision === 0).map((one) => [one.stream, Number(one.data.n)]),
      );
      const last = await log.revisions([...first.keys()]);
      expect([...first.keys()].filter((_, i) => last[i]! < 0)).toEqual([]);
      expect(log.stats().segments).toBeGreaterThan(3);
      await log.close();
    });
  });
});

describe('The lock', () => {
  test('refuses a second writer, naming the first, until that one lets go', async () => {
    await inFolder(async (dir) => {
      const child = start('holder.mjs', [dir]);
      const { pid } = await message<{ pid: number }>(child);
      await expect(openLog({ dir })).rejects.toMatchObject({
        code: 'log-locked',
        detail: `Process ${pid} holds ${dir}.`,
      });
      child.send('let go');
      await exited(child);
      await (await openLog({ dir })).close();
    });
  });

  test('refuses a second writer in the same process', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir });
      await expect(openLog({ dir })).rejects.toMatchObject({ code: 'log-locked' });
      await log.close();
      await (await openLog({ dir })).close();
    });
  });

  test('of a killed writer is taken over, by one of many who try', async () => {
    await inFolder(async (dir) => {
      for (let round = 0; round < 5; round++) {
        const dead = start('holder.mjs', [dir]);
        await message(dead);
        dead.kill('SIGKILL');
        await exited(dead);
        const children = Array.from({ length: 5 }, () => start('holder.mjs', [dir]));
        const outcomes = await Promise.all(children.map((child) => message<{ opened: boolean; code?: string }>(child)));
        expect(outcomes.filter(({ opened }) => opened)).toHaveLength(1);
        expect(outcomes.filter(({ code }) => code === 'log-locked')).toHaveLength(4);
        children.forEach((child, i) => outcomes[i]!.opened && child.kill('SIGKILL'));
        await Promise.all(children.map(exited));
      }
    });
  });

  test('of a process whose number another has now is taken over', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir });
      const name = (await readdir(dir)).find((file) => file.startsWith('lock.'))!;
      const holder = JSON.parse(await readFile(join(dir, name), 'utf8')) as { started: string };
      await log.close();
      await writeFile(join(dir, name), JSON.stringify({ ...holder, started: `1${holder.started}` }));
      await (await openLog({ dir })).close();
    });
  });
});

describe('A full disk', () => {
  test('loses nothing acknowledged, refuses the rest with log-full, and what fits goes on', async () => {
    await inFolder(async (dir) => {
      const child = start('full.mjs', [dir], 512);
      const { acknowledged, refused, small } = await message<{
        acknowledged: string[];
        refused: string[];
        small: string[];
      }>(child);
      await exited(child);
      expect(new Set(refused)).toEqual(new Set(['log-full']));
      expect(acknowledged.length).toBeGreaterThan(50);
      expect(small).toHaveLength(3);
      const log = await openLog({ dir });
      const ids = (await eventsOf(log.read({ after: START }))).map(({ id }) => id);
      expect(ids.sort()).toEqual([...acknowledged, ...small].sort());
      expect(log.stats().torn).toBe(0);
      await log.close();
    });
  });
});

describe('A reader', () => {
  test('in another process sees a prefix of the log in order, up to all of it', async () => {
    await inFolder(async (dir) => {
      const count = 2000;
      const last = event({ n: count - 1 });
      const log = await openLog({ dir, segmentBytes: 50_000 });
      const child = start('reader.mjs', [dir, String(count), last.id]);
      const report = message<{ seen: number[]; found: string }>(child);
      for (let n = 0; n < count; n += 10) {
        const events = Array.from({ length: 10 }, (_, i) => (n + i === count - 1 ? last : event({ n: n + i })));
        await log.append([{ stream: `s${n}`, expectedRevision: NO_STREAM, events }]);
      }
      const { seen, found } = await report;
      expect(seen).toEqual(Array.from({ length: count }, (_, n) => n));
      expect(found).toBe(`s${count - 10}`);
      await exited(child);
      await log.close();
    });
  });

  test('may be there before the log is', async () => {
    await inFolder(async (dir) => {
      const reader = await openLogReader({ dir: join(dir, 'later') });
      const stop = new AbortController();
      const first = (async () => {
        for await (const batch of reader.follow({ after: START }, stop.signal)) return batch.events[0]!.stream;
        return undefined;
      })();
      expect(await reader.head()).toBe(START);
      expect(await reader.find([event().id])).toEqual([undefined]);
      const log = await openLog({ dir: join(dir, 'later') });
      await log.append([append('first')]);
      expect(await first).toBe('first');
      await log.close();
      await reader.close();
    });
  });

  test('does not look beyond what is durable', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir });
      await log.append([append('a')]);
      const mark = await readFile(join(dir, 'durable'));
      await log.append([append('b')]);
      await writeFile(join(dir, 'durable'), mark);
      const reader = await openLogReader({ dir });
      expect((await eventsOf(reader.read({ after: START }))).map(({ stream }) => stream)).toEqual(['a']);
      expect(await reader.revisions(['a', 'b'])).toEqual([0, NO_STREAM]);
      await reader.close();
      await log.close();
    });
  });

  test('that is closed ends its followers', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir });
      await log.append([append('a')]);
      const reader = await openLogReader({ dir, signal: log.signal });
      const followers = [log, reader].map((source) =>
        eventsOf(source.follow({ after: START }, new AbortController().signal)),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      await reader.close();
      await log.close();
      expect((await Promise.all(followers)).map((events) => events.length)).toEqual([1, 1]);
    });
  });
});

describe('Another thread', () => {
  test('is woken by the signal, and appends through the port', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir });
      const { port1, port2 } = new MessageChannel();
      serveAppends(log, port1);
      const count = 50;
      const script = fileURLToPath(new URL('./support/thread.mjs', import.meta.url));
      const worker = new Worker(script, {
        workerData: { dir, signal: log.signal, port: port2, count },
        transferList: [port2],
      });
      const report = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      for (let n = 0; n < count; n++)
        await log.append([{ stream: 'ping', expectedRevision: n - 1, events: [event({ n })] }]);
      expect(await report).toEqual({
        refused: [{ ok: false, reason: 'WRONG_REVISION', actual: NO_STREAM }],
        broken: 'invalid-request',
        revision: count - 1,
      });
      const answers = await eventsOf(log.read({ after: START, prefixes: ['pong'] }));
      expect(answers.map(({ data }) => data.n)).toEqual(Array.from({ length: count }, (_, n) => n));
      port1.close();
      await worker.terminate();
      await log.close();
    });
  });

  test('whose port closes learns that the outcome is unknown', async () => {
    const { port1, port2 } = new MessageChannel();
    const writer = remoteWriter(port2);
    const due = writer.append([append('a')]);
    port1.close();
    await expect(due).rejects.toMatchObject({ code: 'shutting-down' });
    await expect(writer.append([append('a')])).rejects.toMatchObject({ code: 'shutting-down' });
  });
});

describe('A closed log', () => {
  test('has finished what was on its way, and takes no more', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir });
      const onItsWay = log.append([append('a')]);
      await log.close();
      expect(await onItsWay).toMatchObject([{ ok: true }]);
      await expect(log.append([append('b')])).rejects.toMatchObject({ code: 'shutting-down' });
      expect(await filesOf(dir, /claim/)).toEqual([]);
    });
  });
});
