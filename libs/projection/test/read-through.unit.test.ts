import { describe, expect, test } from '@jest/globals';
import { ReadThrough } from '../src/read-through.ts';

const MB = 1024 * 1024;

/** A table whose rows all take this many bytes, about, and what was read from it. */
function tableOf(bytes: number, capacity: number) {
  const read: string[] = [];
  const rows = new ReadThrough<readonly string[]>(async (keys) => {
    read.push(...keys);
    return keys.map(() => ['x'.repeat(bytes)]);
  }, capacity);
  return { rows, read };
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `subject-${n}`);

/** One commit after another, each of one row. */
async function commitEach(rows: ReadThrough<readonly string[]>, keys: readonly string[]) {
  for (const key of keys) {
    await rows.load([key]);
    rows.committed();
  }
}

/** How many of these rows are still in memory. */
async function held({ rows, read }: ReturnType<typeof tableOf>, keys: readonly string[]) {
  const before = read.length;
  await rows.load(keys);
  return keys.length - (read.length - before);
}

describe('rows kept in memory between commits', () => {
  test('small rows are kept up to twice the capacity, the latest of them', async () => {
    const table = tableOf(10, 100);
    const keys = names(1_000);
    await commitEach(table.rows, keys);
    expect(await held(table, keys.slice(-100))).toBe(100);
    const again = tableOf(10, 100);
    await commitEach(again.rows, keys);
    expect(await held(again, keys)).toBeLessThanOrEqual(200);
  });

  test('of large rows so few are kept that memory is bounded', async () => {
    const table = tableOf(2 * MB, 20_000);
    const keys = names(300);
    await commitEach(table.rows, keys);
    expect(await held(table, keys)).toBeLessThanOrEqual(66);
  });

  test('rows that grow while they are kept leave when they have become too much', async () => {
    const table = tableOf(10, 20_000);
    const keys = names(200);
    await commitEach(table.rows, keys);
    for (const key of [...keys, ...keys]) {
      await table.rows.load([key]);
      table.rows.set(key, ['x'.repeat(2 * MB)]);
      table.rows.committed();
    }
    expect(await held(table, keys)).toBeLessThanOrEqual(66);
  });

  test('what a batch has loaded stays until it is committed, however large', async () => {
    const { rows } = tableOf(2 * MB, 10);
    await rows.load(names(100));
    rows.set('subject-1', ['new']);
    expect(names(100).every((name) => rows.get(name) !== undefined)).toBe(true);
    expect([...rows.changes]).toEqual([['subject-1', ['new']]]);
    rows.committed();
    expect([...rows.changes]).toEqual([]);
    await rows.load(['subject-1']);
    expect(rows.get('subject-1')).toEqual(['new']);
  });
});
