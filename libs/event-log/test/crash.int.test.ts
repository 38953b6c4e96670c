import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { START } from '@throughline/contracts';
import { openLog, openLogReader } from '../src/index.ts';
import { append, event, eventsOf, filesOf, inFolder } from './support/folder.ts';

/** A log of three appends, closed, and the offset at which the last one begins. */
async function threeAppends(dir: string, lastCount: number) {
  const log = await openLog({ dir });
  await log.append([append('first')]);
  await log.append([append('second', 2)]);
  const before = log.stats().bytes;
  await log.append([append('third', lastCount)]);
  const ids = (await eventsOf(log.read({ after: START }))).map((recorded) => recorded.id);
  await log.close();
  return { before, ids: ids.slice(0, 3), segment: (await filesOf(dir, /\.seg$/))[0]! };
}

/** Whether the log opens with exactly these events, takes another, and still has all of them when opened once more. */
async function holdsAndGoesOn(dir: string, ids: readonly string[]) {
  let log = await openLog({ dir });
  const there = async () => (await eventsOf(log.read({ after: START }))).map((recorded) => recorded.id);
  const atFirst = await there();
  const next = append('third', 2);
  const [result] = await log.append([next]);
  await log.close();
  log = await openLog({ dir });
  const afterwards = await there();
  await log.close();
  const all = [...ids, ...next.events.map(({ id }) => id)];
  return result!.ok && String(atFirst) === String(ids) && String(afterwards) === String(all);
}

describe('A crash during the last append', () => {
  for (const count of [1, 2]) {
    test(`cut short at any byte, an append of ${count} is never seen in part, and all before it stays`, async () => {
      await inFolder(async (dir) => {
        const { before, ids, segment } = await threeAppends(dir, count);
        const whole = await readFile(segment);
        const wrong: number[] = [];
        for (let length = before; length < whole.length; length++) {
          await writeFile(segment, whole.subarray(0, length));
          if (!(await holdsAndGoesOn(dir, ids))) wrong.push(length);
        }
        expect(wrong).toEqual([]);
        expect(whole.length - before).toBeGreaterThan(100);
      });
    });

    test(`with any one byte of it wrong, an append of ${count} is not seen, and all before it stays`, async () => {
      await inFolder(async (dir) => {
        const { before, ids, segment } = await threeAppends(dir, count);
        const whole = await readFile(segment);
        const wrong: number[] = [];
        for (let at = before; at < whole.length; at++) {
          const bytes = Buffer.from(whole);
          bytes[at]! ^= 1 << (at & 7);
          await writeFile(segment, bytes);
          if (!(await holdsAndGoesOn(dir, ids))) wrong.push(at);
        }
        expect(wrong).toEqual([]);
      });
    });
  }

  test('leaves zeros behind: they are cut', async () => {
    await inFolder(async (dir) => {
      const { before, ids, segment } = await threeAppends(dir, 1);
      const whole = await readFile(segment);
      await writeFile(segment, Buffer.concat([whole.subarray(0, before), Buffer.alloc(10_000)]));
      expect(await holdsAndGoesOn(dir, ids)).toBe(true);
    });
  });

  test('what was cut is told', async () => {
    await inFolder(async (dir) => {
      const { segment } = await threeAppends(dir, 1);
      await writeFile(segment, Buffer.concat([await readFile(segment), Buffer.from('half a record')]));
      const log = await openLog({ dir });
      expect(log.stats().torn).toBe(13);
      await log.close();
    });
  });

  test('right after a new segment was begun: the empty segment is gone on with', async () => {
    await inFolder(async (dir) => {
      let log = await openLog({ dir });
      await log.append([append('first')]);
      const head = await log.head();
      const { bytes } = log.stats();
      await log.close();
      await writeFile(join(dir, `log-${bytes.toString(16).padStart(16, '0')}.seg`), '');
      log = await openLog({ dir });
      expect(await log.head()).toBe(head);
      await log.append([append('second')]);
      expect(await eventsOf(log.read({ after: START }))).toHaveLength(2);
      await log.close();
    });
  });
});

describe('Damage to what was durable', () => {
  /** Where in the file each of so many appends begins, and the end. */
  async function logOf(dir: string, appends: number, segmentBytes: number): Promise<number[]> {
    const log = await openLog({ dir, segmentBytes });
    const starts = [0];
    for (let i = 0; i < appends; i++) {
      await log.append([append(`s${i}`, 2)]);
      starts.push(log.stats().bytes);
    }
    await log.close();
    return starts;
  }

  test('before the tail of the last segment is refused, at any byte', async () => {
    await inFolder(async (dir) => {
      const starts = await logOf(dir, 3, 1 << 20);
      const [segment] = await filesOf(dir, /\.seg$/);
      const whole = await readFile(segment!);
      for (let at = starts[1]!; at < starts[2]!; at++) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 0x10;
        await writeFile(segment!, bytes);
        await expect(openLog({ dir })).rejects.toMatchObject({ code: 'log-corrupt' });
      }
      expect(await readFile(segment!)).toHaveLength(whole.length);
    });
  });

  test('is refused even where one write held it and what follows, when the mark says that it was durable', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir });
      await log.append([append('a'), append('b'), append('c')]);
      await log.close();
      const [segment] = await filesOf(dir, /\.seg$/);
      const bytes = await readFile(segment!);
      bytes[100]! ^= 1;
      await writeFile(segment!, bytes);
      await expect(openLog({ dir })).rejects.toMatchObject({ code: 'log-corrupt' });

      await rm(join(dir, 'durable'));
      const reopened = await openLog({ dir });
      expect(await eventsOf(reopened.read({ after: START }))).toEqual([]);
      await reopened.close();
    });
  });

  test('of a sealed segment in length is refused on opening', async () => {
    await inFolder(async (dir) => {
      await logOf(dir, 20, 1024);
      const segment = (await filesOf(dir, /\.seg$/))[1]!;
      const whole = await readFile(segment);
      for (const bytes of [whole.subarray(0, -1), Buffer.concat([whole, Buffer.alloc(1)])]) {
        await writeFile(segment, bytes);
        await expect(openLog({ dir })).rejects.toMatchObject({ code: 'log-corrupt' });
      }
      await rm(segment);
      await expect(openLog({ dir })).rejects.toMatchObject({ code: 'log-corrupt' });
    });
  });

  test('of a sealed segment in content is refused by whoever reads it, at any byte', async () => {
    await inFolder(async (dir) => {
      await logOf(dir, 6, 1024);
      const segment = (await filesOf(dir, /\.seg$/))[0]!;
      const whole = await readFile(segment);
      const missed: number[] = [];
      for (let at = 0; at < whole.length; at++) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << (at & 7);
        await writeFile(segment, bytes);
        const reader = await openLogReader({ dir });
        await eventsOf(reader.read({ after: START })).then(
          () => missed.push(at),
          (error: { code: string }) => error.code === 'log-corrupt' || missed.push(at),
        );
        await reader.close();
      }
      expect(missed).toEqual([]);
    });
  });
});

describe('The derived index', () => {
  test('comes back when its files are deleted, cut, or wrong in any part', async () => {
    await inFolder(async (dir) => {
      let log = await openLog({ dir, segmentBytes: 4096 });
      const events = Array.from({ length: 300 }, (_, n) => event({ n }));
      for (const [i, one] of events.entries())
        await log.append([{ stream: `s${i % 10}`, expectedRevision: Math.floor(i / 10) - 1, events: [one] }]);
      await log.close();
      const index = join(dir, 'index');
      const whole = async () => {
        log = await openLog({ dir, segmentBytes: 4096 });
        const homes = await log.find(events.map(({ id }) => id));
        const streams = await log.revisions(Array.from({ length: 11 }, (_, i) => `s${i}`));
        await log.close();
        const right = homes.every((home, i) => home?.stream === `s${i % 10}` && home.revision === Math.floor(i / 10));
        return right && String(streams) === String([...Array<number>(10).fill(29), -1]);
      };
      expect(await whole()).toBe(true);
      const runs = () => filesOf(index, /\.run$/);
      expect((await runs()).length).toBeGreaterThan(2);
      for (const part of [0, 0.03, 0.5, 0.9, 0.999]) {
        // Opening may merge runs, so which there are is asked each time.
        for (const run of await runs()) {
          const bytes = await readFile(run).catch(() => undefined);
          if (bytes === undefined) continue;
          bytes[Math.floor(part * bytes.length)]! ^= 0xff;
          await writeFile(run, bytes);
          expect(await whole()).toBe(true);
        }
        const [first] = await runs();
        await writeFile(first!, (await readFile(first!)).subarray(0, part * 1000));
        expect(await whole()).toBe(true);
      }
      await rm((await filesOf(index, /\.run$/))[1]!);
      expect(await whole()).toBe(true);
      await rm(index, { recursive: true });
      expect(await whole()).toBe(true);
    });
  });

  test('of another log, left in the folder, is not believed', async () => {
    await inFolder(async (dir) => {
      const [one, other] = [join(dir, 'one'), join(dir, 'other')];
      for (const folder of [one, other]) {
        const log = await openLog({ dir: folder, segmentBytes: 2048 });
        for (let i = 0; i < 20; i++) await log.append([append(`s${i}`)]);
        await log.close();
      }
      const run = (await filesOf(join(one, 'index'), /\.run$/))[0]!;
      await mkdir(join(other, 'index'), { recursive: true });
      for (const file of await filesOf(join(other, 'index'), /\.run$/)) await rm(file);
      await copyFile(run, run.replace(one, other));
      const log = await openLog({ dir: other });
      const ids = (await eventsOf(log.read({ after: START }))).map(({ id }) => id);
      expect((await log.find(ids)).every((home) => home !== undefined)).toBe(true);
      await log.close();
      expect((await stat(one)).isDirectory()).toBe(true);
    });
  });

  test('a reader does without runs that are missing or damaged', async () => {
    await inFolder(async (dir) => {
      const log = await openLog({ dir, segmentBytes: 4096 });
      for (let i = 0; i < 100; i++) await log.append([append(`s${i}`)]);
      const ids = (await eventsOf(log.read({ after: START }))).map(({ id }) => id);
      await log.close();
      const runs = await filesOf(join(dir, 'index'), /\.run$/);
      await rm(runs[0]!);
      const bytes = await readFile(runs[1]!);
      bytes[10]! ^= 1;
      await writeFile(runs[1]!, bytes);
      const reader = await openLogReader({ dir });
      const homes = await reader.find(ids);
      expect(homes.map((home) => home?.stream)).toEqual(ids.map((_, i) => `s${i}`));
      await reader.close();
    });
  });
});
