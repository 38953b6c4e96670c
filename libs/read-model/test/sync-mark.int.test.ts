import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Position } from '@throughline/contracts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EmbeddedViewStore, openViewReader } from '../src/index.ts';

const VIEW = { projection: 'tally', version: '0'.repeat(16) };
const KEY = 'a'.repeat(32);
const AT = '0000000000000001' as Position;

describe('a view whose commits are not synced one by one', () => {
  let dir = '';
  const mark = () => join(dir, 'views', `tally-${VIEW.version}`, 'synced');
  const open = () => new EmbeddedViewStore({ dir, ...VIEW });
  const commit = (store: EmbeddedViewStore) =>
    store.commit({
      checkpoint: { position: AT, day: undefined, ticked: false },
      settled: true,
      subjects: new Map([[KEY, { fragment: 1 }]]),
    });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sync-mark-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('is whole after it was closed, whatever happened to the machine since', async () => {
    const store = open();
    await commit(store);
    await store.close();
    expect(readFileSync(mark(), 'utf8')).toBe('closed');
    const again = open();
    expect(await again.subjects([KEY])).toEqual([{ fragment: 1 }]);
    await again.close();
  });

  test('is whole after a process died under this boot of the machine', async () => {
    const store = open();
    await commit(store);
    await store.close();
    const open_ = open();
    const underThisBoot = readFileSync(mark(), 'utf8');
    await open_.close();
    writeFileSync(mark(), underThisBoot);
    const again = open();
    expect(await again.subjects([KEY])).toEqual([{ fragment: 1 }]);
    await again.close();
  });

  test.each([
    ['under another boot of the machine', () => writeFileSync(mark(), 'another boot')],
    ['by a release that left no mark', () => rmSync(mark())],
  ])('opened %s and never closed, is not read, and folded again from the log', async (_, tear) => {
    const store = open();
    await commit(store);
    await store.close();
    tear();
    const reader = openViewReader({ dir, projection: 'tally' });
    expect((await reader.progress()).position).toBe('');
    await reader.close();
    const again = open();
    expect(await again.subjects([KEY])).toEqual([undefined]);
    expect((await again.checkpoint()).position).toBe('');
    await again.close();
  });

  test('is not called closed by one of several who write it together', async () => {
    const [first, second] = [1, 2].map(() => new EmbeddedViewStore({ dir, ...VIEW, token: 7 })) as [
      EmbeddedViewStore,
      EmbeddedViewStore,
    ];
    await first.close();
    await commit(second);
    expect(readFileSync(mark(), 'utf8')).not.toBe('closed');
    await second.close();
  });

  test('is not called closed by a writer from whom it was taken', async () => {
    const zombie = open();
    const owner = open();
    await zombie.close();
    expect(readFileSync(mark(), 'utf8')).not.toBe('closed');
    await owner.close();
    expect(readFileSync(mark(), 'utf8')).toBe('closed');
  });
});
