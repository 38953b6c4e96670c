import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildTally, rowsOf } from './build-tally.ts';
import { FIRST_DAY, history, logOf, SUBJECTS, type Happening } from './history.ts';
import { Died, inFolder, readTally, runTally } from './run.ts';
import { expectedState } from './state.ts';

const sizes = fc.record({
  workers: fc.integer({ min: 1, max: 2 }),
  limits: fc.record({
    batch: fc.integer({ min: 1, max: 40 }),
    block: fc.integer({ min: 1, max: 40 }),
    slice: fc.integer({ min: 1, max: 6 }),
    decisions: fc.integer({ min: 1, max: 6 }),
    // Of a heap that is always too large only half of the blocks are kept, again and again.
    heap: fc.constantFrom(0, 10 ** 9),
  }),
  heapUsed: fc.constant(() => 10 ** 6),
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
