import { describe, expect, test } from '@jest/globals';
import {
  PARKED_CLEARED,
  REFOLD_REQUESTED,
  repairsStream,
  touchpointStream,
  type JsonObject,
  type Touchpoint,
} from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';
import fc from 'fast-check';
import { buildTally, rowsOf } from './build-tally.ts';
import { FIRST_DAY, history, logOf, SUBJECTS } from './history.ts';
import { MemoryLog, newEvent } from './memory-log.ts';
import { inFolder, readTally, runTally, toldByTally } from './run.ts';
import { expectedState } from './state.ts';
import { tally } from './tally.ts';

const STREAM = repairsStream('tally');
const [ADA, BOB] = ['a'.repeat(32), 'b'.repeat(32)];
const [BAD, GOOD, UNCOUNTED, NONE, LATER, FINE] = [...'123456'].map(
  (n) => `00000000-0000-4000-8000-00000000000${n}`,
) as [string, string, string, string, string, string];
const steward = { author: 'grace', reason: 'a test' };
const limits = fc.record({ batch: fc.integer({ min: 1, max: 40 }), slice: fc.integer({ min: 1, max: 6 }) });

/** The same code, once it breaks no longer. */
const mended: typeof tally = {
  ...tally,
  fragment: { ...tally.fragment, apply: (fragment, touchpoint) => tally.fragment.apply(fragment, sound(touchpoint)) },
  eventCells: (touchpoint) => tally.eventCells(sound(touchpoint)),
};

function sound<T extends Pick<Touchpoint, 'data'>>(touchpoint: T): T {
  const { breaks: _, ...facts } = touchpoint.data.facts ?? {};
  return { ...touchpoint, data: { ...touchpoint.data, facts } };
}

/** What everybody would show if nothing had ever been broken. */
function soundState(log: MemoryLog) {
  return expectedState(log.events.map((event) => sound(event as unknown as Touchpoint)) as never, SUBJECTS, FIRST_DAY);
}

/** Every subject there may be: people, and the homes of touchpoints about nobody. */
function subjectsOf({ events }: MemoryLog): readonly string[] {
  return [...SUBJECTS, ...events.map(({ id }) => id.replaceAll('-', ''))];
}

/** Puts what another log holds behind what this one does. */
function repeat(log: MemoryLog, { stream, id, type, data, occurredAt, recordedAt }: RecordedEvent): void {
  log.put(stream, newEvent(id, type, data, occurredAt), recordedAt);
}

let asked = 0;
function refold(log: MemoryLog, subjects: readonly string[], customers: readonly string[] = []): RecordedEvent {
  asked += 1;
  return log.put(STREAM, newEvent(`refold-${asked}`, REFOLD_REQUESTED, { ...steward, subjects, customers }));
}

function clear(log: MemoryLog, touchpoints: readonly JsonObject[]): RecordedEvent {
  asked += 1;
  return log.put(STREAM, newEvent(`clear-${asked}`, PARKED_CLEARED, { ...steward, touchpoints }));
}

const call = (log: MemoryLog, id: string, subject: string, facts: object = {}) =>
  log.put(
    touchpointStream(subject),
    newEvent(id, 'call.ended', {
      keys: [{ type: 'email', key: subject }],
      channel: 'phone',
      facts: { amount: 1, ...facts },
    }),
  );

describe('a refold', () => {
  test('anywhere in a history changes nothing that is shown, and nobody is told of anything', async () => {
    await fc.assert(
      fc.asyncProperty(history, limits, fc.array(fc.nat(30), { maxLength: 5 }), (happenings, limits, places) =>
        inFolder((plain) =>
          inFolder(async (dir) => {
            const log = logOf(happenings);
            await runTally({ dir: plain, log, limits });
            const again = logOf([]);
            log.events.forEach((event, i) => {
              repeat(again, event);
              if (places.includes(i)) refold(again, subjectsOf(log), SUBJECTS);
            });
            await runTally({ dir, log: again, limits, tells: true });
            refold(again, subjectsOf(log), SUBJECTS);
            const told = await toldByTally(dir);
            await runTally({ dir, log: again, limits, tells: true });
            expect(await readTally(dir, SUBJECTS)).toEqual(await readTally(plain, SUBJECTS));
            expect(await toldByTally(dir)).toEqual(told);
          }),
        ),
      ),
      { numRuns: 60 },
    );
  });

  test('folds what broken code could not, once the code is mended, though its version is the same', async () => {
    const cut = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(history, limits, cut, (happenings, limits, share) =>
        inFolder((fresh) =>
          inFolder(async (dir) => {
            const whole = logOf(happenings);
            const log = logOf([]);
            const n = Math.max(1, Math.round(share * whole.events.length));
            for (const event of whole.events.slice(0, n)) repeat(log, event);
            await runTally({ dir, log, limits });
            refold(log, subjectsOf(whole));
            for (const event of whole.events.slice(n)) repeat(log, event);
            await runTally({ dir, log, limits, definition: mended });
            expect(await readTally(dir, SUBJECTS)).toEqual(soundState(log));
            await runTally({ dir: fresh, log, definition: mended });
            expect(await rowsOf(dir, subjectsOf(whole))).toEqual(await rowsOf(fresh, subjectsOf(whole)));
          }),
        ),
      ),
      { numRuns: 80 },
    );
  });

  test('of the subject that something was moved to counts it where it happened, too', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, BAD, ADA, { breaks: 'cells' });
      const move = { ...steward, from: ADA, to: BOB, touchpoints: [BAD] };
      log.put('identity-requests', newEvent('move', 'identity.move-requested', move));
      await runTally({ dir, log });
      expect((await readTally(dir, [BOB])).shown).toMatchObject({ [BOB]: { incomplete: true } });
      refold(log, [BOB]);
      await runTally({ dir, log, definition: mended });
      const { cells, shown } = await readTally(dir, [ADA, BOB]);
      expect(shown).toMatchObject({ [ADA]: undefined, [BOB]: { incomplete: false, fragment: { n: 1 } } });
      expect(cells.filter((cell) => cell.includes('tally.touchpoints'))).toHaveLength(1);
    });
  });

  test('is not needed to take back what was never counted: mended code takes nothing out', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, BAD, ADA, { breaks: 'cells' });
      call(log, GOOD, ADA);
      await runTally({ dir, log });
      const before = (await readTally(dir, [ADA])).cells.filter((cell) => cell.includes('tally.touchpoints'));
      log.put(
        touchpointStream(ADA),
        newEvent(NONE, 'touchpoint.retracted', { keys: [], facts: { touchpointId: BAD } }),
      );
      await runTally({ dir, log, definition: mended });
      const { cells, shown } = await readTally(dir, [ADA]);
      expect(cells.filter((cell) => cell.includes('tally.touchpoints'))).toEqual(before);
      expect(shown).toMatchObject({ [ADA]: { incomplete: false, fragment: { n: 1 } } });
    });
  });

  test('of a customer gives back the figures that a broken view kept from them', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, FINE, ADA);
      const broken = {
        ...tally,
        view: () => {
          throw new Error('cannot finish');
        },
      };
      await runTally({ dir, log, definition: broken });
      expect(await readTally(dir, [ADA])).toMatchObject({ entries: [], shown: { [ADA]: { incomplete: true } } });
      refold(log, [], [ADA]);
      await runTally({ dir, log });
      expect(await readTally(dir, [ADA])).toMatchObject({ shown: { [ADA]: { incomplete: false } } });
      expect((await rowsOf(dir, [ADA])).parked).toBe(0);
    });
  });
});

describe('what is cleared', () => {
  test('is left out, and its customer is complete without it; a build shows the same', async () => {
    await inFolder((built) =>
      inFolder(async (dir) => {
        const log = new MemoryLog();
        call(log, GOOD, ADA);
        call(log, BAD, ADA, { breaks: 'fold' });
        call(log, UNCOUNTED, BOB, { breaks: 'cells' });
        log.put(touchpointStream(BOB), newEvent(NONE, 'touchpoint.retracted', { keys: [], facts: {} }));
        await runTally({ dir, log });
        expect((await rowsOf(dir, [])).parked).toBe(3);
        const { position } = clear(log, [
          { id: BAD, subject: ADA },
          { id: UNCOUNTED, subject: BOB },
          { id: NONE, subject: BOB },
        ]);
        await runTally({ dir, log });
        const shown = { [ADA]: { incomplete: false, fragment: { n: 1 } }, [BOB]: { incomplete: false } };
        expect(await readTally(dir, [ADA, BOB])).toMatchObject({ shown });
        expect((await rowsOf(dir, [])).parked).toBe(0);
        await buildTally({ dir: built, log, upTo: position });
        expect(await rowsOf(built, [ADA, BOB])).toEqual(await rowsOf(dir, [ADA, BOB]));
        expect(await readTally(built, [ADA, BOB])).toEqual(await readTally(dir, [ADA, BOB]));
      }),
    );
  });

  test('stays so through everything that folds its subject again, in another process too', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, BAD, ADA, { breaks: 'fold' });
      call(log, GOOD, ADA);
      clear(log, [{ id: BAD, subject: ADA }]);
      await runTally({ dir, log });
      refold(log, [ADA]);
      call(log, LATER, ADA);
      await runTally({ dir, log });
      expect(await readTally(dir, [ADA])).toMatchObject({
        shown: { [ADA]: { incomplete: false, fragment: { n: 2 } } },
      });
      expect((await rowsOf(dir, [])).parked).toBe(0);
    });
  });

  test('is left out though it comes after it was cleared', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      clear(log, [{ id: BAD, subject: ADA }]);
      call(log, GOOD, ADA);
      await runTally({ dir, log });
      call(log, BAD, ADA, { breaks: 'cells' });
      await runTally({ dir, log });
      expect(await readTally(dir, [ADA])).toMatchObject({ shown: { [ADA]: { incomplete: false } } });
      expect((await rowsOf(dir, [])).parked).toBe(0);
    });
  });

  test('is read in one batch with what it clears', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      log.put(touchpointStream(ADA), newEvent(NONE, 'touchpoint.retracted', { keys: [], facts: {} }));
      call(log, BAD, ADA, { breaks: 'cells' });
      clear(log, [
        { id: NONE, subject: ADA },
        { id: BAD, subject: ADA },
      ]);
      await runTally({ dir, log });
      expect((await rowsOf(dir, [])).parked).toBe(0);
    });
  });
});
