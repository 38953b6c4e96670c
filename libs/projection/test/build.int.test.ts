import { describe, expect, test } from '@jest/globals';
import {
  IDENTITY_REQUESTS,
  identityStream,
  SHIPPED_RULES,
  Tallying,
  TOUCHPOINT_PREFIX,
  versionOf,
} from '@throughline/contracts';
import type { LogReader, ReadAll } from '@throughline/event-log';
import { EmbeddedViewStore, openVersionShelfAt, partOf } from '@throughline/read-model';
import fc from 'fast-check';
import { Brake } from '../src/build/brake.ts';
import { foldShards } from '../src/build/fold-shards.ts';
import { DEFAULT_BUILD_LIMITS } from '../src/build/limits.ts';
import type { BuildProgress } from '../src/build/meter.ts';
import { SHARDS } from '../src/build/shards.ts';
import { stateHash } from '../src/build/state-hash.ts';
import { UNBUILT } from '../src/build/task.ts';
import { buildTally, partDir, rowsOf } from './build-tally.ts';
import { FIRST_DAY, history, logOf, SUBJECTS, type Happening } from './history.ts';
import { newEvent } from './memory-log.ts';
import { Died, inFolder, readTally, runTally } from './run.ts';
import { expectedState } from './state.ts';
import { tally } from './tally.ts';

const sizes = fc.record({
  workers: fc.integer({ min: 1, max: 2 }),
  limits: fc.record({
    batch: fc.integer({ min: 1, max: 40 }),
    block: fc.integer({ min: 1, max: 40 }),
    slice: fc.integer({ min: 1, max: 6 }),
    membership: fc.integer({ min: 1, max: 6 }),
    // Of a heap that is too large only half of the blocks are kept, again and again.
    heap: fc.constantFrom(1, 10 ** 9),
  }),
  heapUsed: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }).map((grown) => {
    let asked = 0;
    return () => (grown[asked++ % grown.length] ? 10 ** 6 : 0);
  }),
});
/** How much of the history is built, of 1; the rest is followed. */
const cut = fc.double({ min: 0, max: 1, noNaN: true });

/** The history up to a point, and the ids of every subject in it. */
function upTo(happenings: readonly Happening[], share: number) {
  const log = logOf(happenings);
  log.events.length = Math.max(1, Math.round(share * log.events.length));
  const ids = [...SUBJECTS, ...log.events.map(({ id }) => id.replaceAll('-', ''))];
  return { log, ids, position: log.events.at(-1)!.position };
}

describe('whatever happened, however the work is cut', () => {
  test('what is built up to a position is, row by row, what following the log to there leaves', async () => {
    await fc.assert(
      fc.asyncProperty(history, cut, sizes, (happenings, share, sizes) =>
        inFolder((live) =>
          inFolder(async (dir) => {
            const { log, ids, position } = upTo(happenings, share);
            await runTally({ dir: live, log });
            await buildTally({ dir, log: logOf(happenings), upTo: position, ...sizes });
            expect(await rowsOf(dir, ids)).toEqual(await rowsOf(live, ids));
            expect(await readTally(dir, SUBJECTS)).toEqual(await readTally(live, SUBJECTS));
          }),
        ),
      ),
      { numRuns: 60 },
    );
  });

  test('from there it follows the log like a version that always did', async () => {
    await fc.assert(
      fc.asyncProperty(history, cut, sizes, (happenings, share, sizes) =>
        inFolder(async (dir) => {
          const log = logOf(happenings);
          await buildTally({ dir, log, upTo: upTo(happenings, share).position, ...sizes });
          await runTally({ dir, log });
          expect(await readTally(dir, SUBJECTS)).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
        }),
      ),
      { numRuns: 40 },
    );
  });

  test('a build that dies at any commit goes on as if it had not', async () => {
    const deaths = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(history, cut, sizes, deaths, (happenings, share, sizes, deaths) =>
        inFolder((live) =>
          inFolder(async (dir) => {
            const { log, ids, position } = upTo(happenings, share);
            await runTally({ dir: live, log });
            for (const commits of deaths) {
              await buildTally({ dir, log: logOf(happenings), upTo: position, commits, ...sizes }).catch(
                (error: unknown) => {
                  if (!(error instanceof Died)) throw error;
                },
              );
            }
            await buildTally({ dir, log: logOf(happenings), upTo: position, ...sizes });
            expect(await rowsOf(dir, ids)).toEqual(await rowsOf(live, ids));
            expect(await readTally(dir, SUBJECTS)).toEqual(await readTally(live, SUBJECTS));
          }),
        ),
      ),
      { numRuns: 40 },
    );
  });
});

describe('a build', () => {
  const call = (who: number, amount = 1): Happening => ({
    kind: 'touchpoint',
    who,
    day: 1,
    amount,
    channel: 'web',
    breaks: null,
  });
  const everybody = Array.from({ length: 200 }, (_, i) => call(i % 5));

  test('of several parts leaves in each its own subjects and customers, and in all together what one alone has', async () => {
    const death = fc.option(fc.integer({ min: 1, max: 20 }));
    await fc.assert(
      fc.asyncProperty(history, fc.constantFrom(2, 4, 16), death, sizes, (happenings, parts, commits, sizes) =>
        inFolder((whole) =>
          inFolder(async (dir) => {
            const { log, ids, position } = upTo(happenings, 1);
            const build = { dir, log, upTo: position, parts, ...sizes };
            await buildTally({ dir: whole, log, upTo: position });
            if (commits !== null) await buildTally({ ...build, commits }).catch(() => undefined);
            const built = await buildTally(build);
            const all = await rowsOf(whole, ids);
            const entries: string[] = [];
            const touchpoints = new Tallying();
            let parked = 0;
            for (let part = 0; part < parts; part++) {
              const rows = await rowsOf(partDir(dir, part), ids);
              const own = all.subjects.map((row, i) => (partOf(ids[i]!, parts) === part ? row : undefined));
              expect(rows).toMatchObject({ subjects: own, standing: all.standing, members: all.members, touched: [] });
              expect([rows.moves, rows.progress]).toEqual([all.moves, all.progress]);
              const state = await readTally(partDir(dir, part), SUBJECTS);
              for (const entry of state.entries) expect(partOf(entry.split(' ').at(-1)!, parts)).toBe(part);
              entries.push(...state.entries);
              touchpoints.join(rows.checkpoint.tally!);
              parked += rows.parked;
            }
            expect(entries.sort()).toEqual((await readTally(whole, SUBJECTS)).entries);
            expect(touchpoints.tally).toEqual(all.checkpoint.tally);
            expect(built!.tally).toEqual(all.checkpoint.tally);
            expect(parked).toBe(all.parked);
          }),
        ),
      ),
      { numRuns: 20 },
    );
  });

  test('of a sample has its customers, whole, and no others', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 15 }), sizes, (happenings, digits, sizes) =>
        inFolder((whole) =>
          inFolder(async (dir) => {
            const { log, ids, position } = upTo(happenings, 1);
            await buildTally({ dir: whole, log, upTo: position });
            await buildTally({ dir, log, upTo: position, sample: { digits }, ...sizes });
            const [all, sampled] = [await rowsOf(whole, ids), await rowsOf(dir, ids)];
            const isIn = (i: number) => Number.parseInt((all.standing[i] ?? ids[i]!)[0]!, 16) < digits;
            expect(sampled.subjects).toEqual(all.subjects.map((row, i) => (isIn(i) ? row : undefined)));
            const entries = (await readTally(whole, SUBJECTS)).entries;
            const inSample = (entry: string) => Number.parseInt(entry.split(' ').at(-1)![0]!, 16) < digits;
            expect((await readTally(dir, SUBJECTS)).entries).toEqual(entries.filter(inSample));
          }),
        ),
      ),
      { numRuns: 30 },
    );
  });

  test('that outgrows its memory gives shards back, and folds them later', async () => {
    await inFolder(async (dir) => {
      const log = logOf(everybody);
      const small = { batch: 10, block: 1, heap: 100 };
      // It has grown too large once, in the midst of the first pass.
      let asked = 0;
      const heapUsed = () => (++asked === 5 ? 200 : 0);
      const done: number[] = [];
      const onProgress = ({ touchpoints }: { touchpoints: number }) => done.push(touchpoints);
      const built = await buildTally({ dir, log, upTo: await log.head(), limits: small, heapUsed, onProgress });
      expect(built).toMatchObject({ tally: { touchpoints: 200 }, customers: 5, shardsDone: 256 });
      expect(done.at(-1)).toBe(200);
      expect(await readTally(dir, SUBJECTS)).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
    });
  });

  test('gives back once, however long what is gone stays in its heap', async () => {
    await inFolder(async (dir) => {
      const log = logOf(everybody);
      const upTo = await log.head();
      const store = new EmbeddedViewStore({ dir, projection: 'tally', version: versionOf(tally), token: 7 });
      await store.commit({ checkpoint: UNBUILT, settled: false, marks: new Map([['membership', upTo]]) });
      let asked = 0;
      const builder = {
        definition: tally,
        log,
        stores: [store],
        brake: new Brake(),
        limits: { ...DEFAULT_BUILD_LIMITS, batch: 10, heap: 1_000 },
        heapUsed: () => (asked++ === 0 ? 0 : asked < 5 ? 999 : 1_200),
      };
      const blocks = Array.from({ length: SHARDS }, (_, shard) => [shard]);
      let taken = 0;
      const take = () => foldShards(builder, { kind: 'fold', upTo, sample: undefined, blocks, gone: [] }, tell);
      const tell = ({ touchpoints = 0 }) => (taken += touchpoints);
      const first = await take();
      expect(first.left).toHaveLength(SHARDS / 2);
      // It was weighed with the whole of four batches in it.
      expect(first.weight).toBe(1_200 / 40);
      expect(taken).toBeLessThan(200);
      // What the first one left in the heap is there from the beginning.
      const second = await take();
      expect(second).toEqual({ left: [], weight: 0 });
      await store.close();
    });
  });

  test('waits for the moves, and for the decisions, where these are slow to come', async () => {
    const slow = (log: LogReader, control: string) =>
      Object.create(log, {
        read: {
          async *value(from: ReadAll) {
            if (from.prefixes?.includes(control) && !from.prefixes.includes(TOUCHPOINT_PREFIX))
              await new Promise((resolve) => setTimeout(resolve, 400));
            yield* log.read(from);
          },
        },
      }) as LogReader;
    // Only the second one called; it is taken from them, or counts for the first.
    const called = [call(1), call(1), call(1)];
    const linked: Happening = { kind: 'decision', keys: [1], customer: 0 };
    const moved: Happening = { kind: 'move', from: 1, to: 2, of: [0] };
    const cases = [
      { late: identityStream(SHIPPED_RULES), happenings: [...called, linked] },
      { late: identityStream(SHIPPED_RULES), happenings: [...called, linked], sample: { digits: 4 } },
      { late: IDENTITY_REQUESTS, happenings: [...called, moved] },
    ];
    for (const { late, happenings, ...rest } of cases) {
      await inFolder((live) =>
        inFolder(async (dir) => {
          const { log, ids, position } = upTo(happenings, 1);
          await runTally({ dir: live, log });
          await buildTally({ dir, log: slow(log, late), upTo: position, ...rest });
          expect(await rowsOf(dir, ids)).toEqual(await rowsOf(live, ids));
          expect(await readTally(dir, SUBJECTS)).toEqual(await readTally(live, SUBJECTS));
        }),
      );
    }
  });

  test('rests when it is told to, does nothing meanwhile, and does not count that time', async () => {
    await inFolder(async (dir) => {
      const log = logOf(everybody);
      const brake = new Brake();
      brake.rest();
      const progress: BuildProgress[] = [];
      const upTo = await log.head();
      const building = buildTally({ dir, log, upTo, brake, onProgress: (told) => progress.push(told) });
      while (progress.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(progress.at(-1)).toMatchObject({ stage: 'survey', done: 0, resting: true });
      brake.goOn();
      expect(await building).toMatchObject({ customers: 5 });
      expect(progress.at(-1)).toMatchObject({ stage: 'finish', customers: 5, touchpoints: 200, resting: false });
    });
  });

  test('that is stopped comes to nothing, and the next one goes on to the position it was begun for', async () => {
    await inFolder(async (dir) => {
      const log = logOf(everybody);
      const stop = new AbortController();
      const onProgress = () => stop.abort();
      const upTo = log.events[99]!.position;
      expect(await buildTally({ dir, log, upTo, signal: stop.signal, onProgress })).toBeUndefined();
      const built = await buildTally({ dir, log, upTo: await log.head() });
      expect(built).toMatchObject({ through: upTo, tally: { touchpoints: 100 } });
      // What came of it is still known when it is asked for once more.
      expect(await buildTally({ dir, log, upTo: await log.head() })).toEqual(built);
    });
  });

  test('fails when a shard does not hold what the log does', async () => {
    await inFolder(async (dir) => {
      const log = logOf(everybody);
      const upTo = await log.head();
      const lossy: LogReader = Object.create(log, {
        read: {
          async *value(from: ReadAll) {
            const misses = from.prefixes?.some((prefix) => prefix.length > TOUCHPOINT_PREFIX.length);
            for await (const batch of log.read(from)) {
              yield misses ? { ...batch, events: batch.events.slice(1) } : batch;
            }
          },
        },
      }) as LogReader;
      const failed = buildTally({ dir, log: lossy, upTo, workers: 2, limits: { block: 1 } });
      await expect(failed).rejects.toMatchObject({ code: 'replay-failed' });
    });
  });

  test('is not gone on with along another log, nor begun over a version that is there', async () => {
    await inFolder(async (dir) => {
      const log = logOf(everybody);
      const upTo = await log.head();
      await buildTally({ dir, log, upTo, commits: 2 }).catch(() => undefined);
      const other = logOf([{ kind: 'tick', day: 1 }, ...everybody].slice(0, 200) as Happening[]);
      Object.assign(other.events[0]!, { id: '00000000-0000-4000-8000-ffffffffffff' });
      await expect(buildTally({ dir, log: other, upTo })).rejects.toMatchObject({ code: 'other-log' });
    });
    await inFolder(async (dir) => {
      const log = logOf(everybody);
      await runTally({ dir, log });
      await expect(buildTally({ dir, log, upTo: await log.head() })).rejects.toMatchObject({ code: 'replay-failed' });
    });
  });

  test('shows the same hash as the version that always followed, and another once anything differs', async () => {
    await inFolder((live) =>
      inFolder(async (dir) => {
        const log = logOf(everybody);
        await runTally({ dir: live, log });
        await buildTally({ dir, log, upTo: await log.head() });
        const hash = await hashOf(dir);
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
        expect(await hashOf(live)).toBe(hash);
        log.put(
          'identity-v1',
          newEvent('00000000-0000-4000-8000-aaaaaaaaaaaa', 'keys.linked', {
            cause: '',
            causeId: '',
            customer: SUBJECTS[0]!,
            keys: [{ type: 'phone', key: SUBJECTS[1]! }],
          }),
        );
        await runTally({ dir, log });
        expect(await hashOf(dir)).not.toBe(hash);
      }),
    );
  });
});

async function hashOf(dir: string): Promise<string> {
  const shelf = await openVersionShelfAt({ engine: 'embedded', dir }, 'tally');
  const snapshot = await shelf.snapshot(versionOf(tally));
  try {
    return await stateHash(snapshot!);
  } finally {
    await snapshot!.close();
    await shelf.close();
  }
}
