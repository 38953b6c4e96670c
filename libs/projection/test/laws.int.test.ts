import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FIRST_DAY, history, logOf, SUBJECTS } from './history.ts';
import { Died, inFolder, readTally, runTally } from './run.ts';
import { expectedState } from './state.ts';

const limits = fc.record({
  batch: fc.integer({ min: 1, max: 40 }),
  slice: fc.integer({ min: 1, max: 6 }),
  hot: fc.integer({ min: 1, max: 4 }),
});

describe('whatever happened, in whatever batches', () => {
  test('a view shows what folding the set of events from scratch shows', async () => {
    await fc.assert(
      fc.asyncProperty(history, limits, (happenings, limits) =>
        inFolder(async (dir) => {
          const log = logOf(happenings);
          await runTally({ dir, log, limits });
          expect(await readTally(dir, SUBJECTS)).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
        }),
      ),
      { numRuns: 120 },
    );
  });

  test('a run that dies at any commit, between the stages too, goes on as if it had not', async () => {
    const deaths = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(history, limits, deaths, (happenings, limits, deaths) =>
        inFolder(async (dir) => {
          const log = logOf(happenings);
          for (const commits of deaths) {
            await runTally({ dir, log, limits, commits }).catch((error: unknown) => {
              if (!(error instanceof Died)) throw error;
            });
          }
          await runTally({ dir, log, limits });
          expect(await readTally(dir, SUBJECTS)).toEqual(expectedState(log.events, SUBJECTS, FIRST_DAY));
        }),
      ),
      { numRuns: 80 },
    );
  });

  test('after each event a view shows no less and no more than that event', async () => {
    await fc.assert(
      fc.asyncProperty(history, (happenings) =>
        inFolder(async (dir) => {
          const whole = logOf(happenings);
          for (let n = 1; n <= happenings.length; n += 3) {
            const log = logOf(happenings);
            log.events.length = n;
            await runTally({ dir, log });
            const expected = expectedState(whole.events.slice(0, n), SUBJECTS, FIRST_DAY);
            expect(await readTally(dir, SUBJECTS)).toEqual(expected);
          }
        }),
      ),
      { numRuns: 15 },
    );
  });
});
