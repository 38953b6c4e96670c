import { expect, test } from '@jest/globals';
import { touchpointStream } from '@throughline/contracts';
import { openViewReader } from '@throughline/read-model';
import fc from 'fast-check';
import { newsOf } from '../../changes/test/support/channel.ts';
import { history, logOf } from './history.ts';
import { MemoryLog, newEvent } from './memory-log.ts';
import { Died, inFolder, runTally, toldByTally } from './run.ts';
import { tally, TALLY_FIELDS } from './tally.ts';

const ADA = 'a'.repeat(32);
const call = (log: MemoryLog, id: string) =>
  log.put(
    touchpointStream(ADA),
    newEvent(id, 'call.ended', { keys: [{ type: 'email', key: ADA }], channel: 'phone', facts: { amount: 1 } }),
  );

/** The fields of every customer that has any. */
async function shown(dir: string): Promise<Record<string, Record<string, unknown>>> {
  const view = openViewReader({ dir, projection: 'tally' });
  const customers: Record<string, Record<string, unknown>> = {};
  for (const field of TALLY_FIELDS) {
    const entries = await view.scan({ field, limit: 1_000 });
    for (const { customer, value } of entries) (customers[customer] ??= {})[field] = value;
  }
  await view.close();
  return customers;
}

test('whatever happened, the last that is told of each customer is what the view shows, whenever the run died', async () => {
  const limits = fc.record({ batch: fc.integer({ min: 1, max: 20 }), slice: fc.integer({ min: 1, max: 6 }) });
  const deaths = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(history, limits, deaths, (happenings, limits, deaths) =>
      inFolder(async (dir) => {
        const log = logOf(happenings);
        for (const commits of [...deaths, undefined]) {
          await runTally({ dir, log, limits, tells: true, ...(commits && { commits }) }).catch((error: unknown) => {
            if (!(error instanceof Died)) throw error;
          });
        }
        const told = await toldByTally(dir);
        // Invariant 9: no two changes are of one customer, version and position.
        expect([...newsOf(told).values()].flat()).toHaveLength(told.length);
        const known = new Map<string, unknown>();
        for (const { customer, what, fields, into } of told) {
          if (what === 'gone') expect(into).not.toBe(customer);
          if (what === 'gone' || Object.keys(fields).length === 0) known.delete(customer);
          else known.set(customer, fields);
        }
        expect(Object.fromEntries(known)).toEqual(await shown(dir));
      }),
    ),
    { numRuns: 100 },
  );
});

test('a version tells nothing of what it folded before readers were given it, and from then on what changes', async () => {
  await inFolder(async (dir) => {
    const log = new MemoryLog();
    const next = { ...tally, codeVersion: 2 };
    call(log, 'first');
    await runTally({ dir, log });
    expect(await toldByTally(dir)).toEqual([]);
    await runTally({ dir, log, tells: true, definition: next });
    expect(await toldByTally(dir, next)).toEqual([]);
    call(log, 'second');
    await runTally({ dir, log, tells: true, definition: next });
    expect(await toldByTally(dir, next)).toMatchObject([
      {
        customer: ADA,
        what: 'changed',
        fields: { 'tally.n': 2, 'tally.channel': 'phone' },
        changed: expect.any(Array),
      },
    ]);
  });
});
