import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { touchpointStream, versionOf } from '@throughline/contracts';
import type { Followed } from '@throughline/event-log';
import { openViewReader } from '@throughline/read-model';
import { MemoryLog, newEvent } from './memory-log.ts';
import { inFolder, readTally, runTally } from './run.ts';
import { tally } from './tally.ts';

const ADA = 'a'.repeat(32);
const BOB = 'b'.repeat(32);
const call = (log: MemoryLog, id: string, subject: string, facts: object = {}) =>
  log.put(
    touchpointStream(subject),
    newEvent(id, 'call.ended', {
      keys: [{ type: 'email', key: subject }],
      channel: 'phone',
      facts: { amount: 1, ...facts },
    }),
  );

test('a view is not gone on with along another log than it was folded from', async () => {
  await inFolder(async (dir) => {
    const [one, other] = [new MemoryLog(), new MemoryLog()];
    call(one, 'first', ADA);
    call(one, 'second', BOB);
    await runTally({ dir, log: one });
    for (const id of ['third', 'fourth', 'fifth']) call(other, id, BOB);
    await expect(runTally({ dir, log: other })).rejects.toMatchObject({ code: 'other-log' });
    call(one, 'third', ADA);
    await runTally({ dir, log: one });
    expect((await readTally(dir, [ADA, BOB])).shown).toMatchObject({
      [ADA]: { fragment: { n: 2 } },
      [BOB]: { fragment: { n: 1 } },
    });
  });
});

describe('what cannot be folded', () => {
  test('is told to who looks on and said in the log with what led to it', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      const data = { keys: [{ type: 'email', key: ADA }], channel: 'phone', facts: { amount: 1, breaks: 'fold' } };
      const ties = { $correlationId: 'call-7', $traceparent: '00-trace-span-01' };
      log.put(touchpointStream(ADA), { ...newEvent('bad', 'call.ended', data), metadata: ties });
      const told: Followed[] = [];
      await runTally({ dir, log, writer: log, watch: { causes: true, onFollowed: (one) => void told.push(one) } });

      const said = log.events.find(({ stream }) => stream === 'parked-tally');
      expect(said!.metadata).toEqual({ ...ties, $causationId: 'bad', schema: 1 });
      expect(told[0]).toMatchObject({
        events: 1,
        causes: { correlationIds: ['call-7'], traceparents: ['00-trace-span-01'] },
        parked: { count: 1, first: [{ id: 'bad', stage: 'fold', correlationId: 'call-7' }] },
      });
    });
  });

  test('is parked and said in the log once, while everybody else goes on', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, 'good', ADA);
      call(log, 'bad', ADA, { breaks: 'fold' });
      call(log, 'other', BOB);
      await runTally({ dir, log, writer: log });
      call(log, 'later', ADA);
      await runTally({ dir, log, writer: log });

      const { shown, customers } = await readTally(dir, [ADA, BOB]);
      expect(shown).toMatchObject({
        [ADA]: { incomplete: true, fragment: { n: 2, sum: 2 } },
        [BOB]: { incomplete: false, fragment: { n: 1 } },
      });
      expect(customers).toBe(2);
      const parked = log.events.filter(({ stream }) => stream === 'parked-tally');
      expect(parked.map(({ type, data }) => ({ type, ...data }))).toEqual([
        expect.objectContaining({ type: 'touchpoint.parked', id: 'bad', of: ADA, stage: 'fold' }),
      ]);
    });
  });

  test('leaves no word of its content in what is said of it', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      const definition = {
        ...tally,
        eventCells: () => {
          throw new TypeError('cannot read ada@example.com');
        },
      };
      call(log, 'bad', ADA);
      await runTally({ dir, log, writer: log, definition });
      const said = JSON.stringify(log.events.filter(({ stream }) => stream === 'parked-tally'));
      expect(said).toContain('TypeError at ');
      expect(said).not.toContain('example.com');
    });
  });

  test('leaves a customer whose view fails without figures, and gives them back once it no longer does', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, 'bad', ADA, { breaks: 'view' });
      await runTally({ dir, log, writer: log });
      expect(await readTally(dir, [ADA])).toMatchObject({ entries: [], shown: { [ADA]: { incomplete: true } } });
      expect(log.events.at(-1)).toMatchObject({ type: 'customer.parked', data: { id: ADA, stage: 'view' } });

      call(log, 'good', ADA);
      log.put(
        touchpointStream(ADA),
        newEvent('r', 'touchpoint.retracted', { keys: [], facts: { touchpointId: 'bad' } }),
      );
      await runTally({ dir, log, writer: log });
      expect(await readTally(dir, [ADA])).toMatchObject({
        shown: { [ADA]: { incomplete: false, fragment: { n: 1 } } },
      });
      expect((await readTally(dir, [])).entries).toHaveLength(4);
    });
  });
});

describe('what holds for everybody and cannot be read', () => {
  test.each([
    ['clock', 'day.closed', { day: 'yesterday' }],
    ['identity-v1', 'keys.linked', { customer: ADA }],
    ['identity-requests', 'identity.move-requested', { from: ADA, to: BOB }],
    ['identity-requests', 'identity.request-undone', {}],
  ])('in %s, %s stops the projection before it and says where', async (stream, type, data) => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, 'before', ADA);
      const { position } = log.put(stream, newEvent('x', type, data));
      const run = runTally({ dir, log, limits: { batch: 1 } });
      await expect(run).rejects.toMatchObject({
        code: 'projection-stopped',
        detail: expect.stringContaining(position),
      });
      expect((await readTally(dir, [])).customers).toBe(1);
    });
  });
});

describe('a changed projection', () => {
  const changed = { ...tally, codeVersion: 2 };

  test('has another version than before, and the same whatever the order of its definitions', () => {
    expect(versionOf(changed)).not.toBe(versionOf(tally));
    expect(versionOf({ ...tally, definitions: { a: 1, b: [{ c: 1, d: 2 }] } })).toBe(
      versionOf({ ...tally, definitions: { b: [{ d: 2, c: 1 }], a: 1 } }),
    );
    expect(versionOf({ ...tally, definitions: { a: [1, 2] } })).not.toBe(
      versionOf({ ...tally, definitions: { a: [2, 1] } }),
    );
  });

  test('is shown once it has caught up, and not before', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      for (let i = 0; i < 10; i++) call(log, `${i}`, i % 2 ? ADA : BOB);
      await runTally({ dir, log });
      const folder = (definition: typeof tally) => join(dir, 'views', `tally-${versionOf(definition)}`);

      await runTally({ dir, log, definition: changed, limits: { batch: 1, behind: 10 }, commits: 5 }).catch(
        () => undefined,
      );
      const view = openViewReader({ dir, projection: 'tally' });
      expect([view.version, await view.customerCount()]).toEqual([versionOf(tally), 2]);
      expect([existsSync(folder(tally)), existsSync(folder(changed))]).toEqual([true, true]);
      await view.close();

      await runTally({ dir, log, definition: changed });
      const after = openViewReader({ dir, projection: 'tally' });
      expect([after.version, await after.customerCount()]).toEqual([versionOf(changed), 2]);
      await after.close();
    });
  });
});

describe('a retraction', () => {
  test('takes out of the figures what an earlier commit had counted, once however often it comes', async () => {
    await inFolder(async (dir) => {
      const log = new MemoryLog();
      call(log, 'wrong', ADA, { amount: 5 });
      call(log, 'right', ADA);
      await runTally({ dir, log });
      for (const id of ['r1', 'r2']) {
        const data = { keys: [], facts: { touchpointId: 'wrong' } };
        log.put(touchpointStream(ADA), newEvent(id, 'touchpoint.retracted', data));
        await runTally({ dir, log });
        expect((await readTally(dir, [])).cells).toContain('["tally.touchpoints",0,[["channel","phone"]],[1,1]]');
      }
      expect(await readTally(dir, [ADA])).toMatchObject({ shown: { [ADA]: { fragment: { n: 1, sum: 1 } } } });
    });
  });
});
