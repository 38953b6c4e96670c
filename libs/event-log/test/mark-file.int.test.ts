/** How readers in other processes learn that the log has grown. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FileWatch, MarkFile } from '../src/embedded/mark-file.ts';

describe('The mark in its file', () => {
  let dir: string;
  let file: MarkFile;
  let watch: FileWatch;
  const stop = new AbortController();

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'throughline-mark-'));
    file = new MarkFile(dir);
    file.write({ end: 100, last: 0 });
    watch = new FileWatch(dir);
  });

  afterEach(() => {
    watch.close();
    file.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test('wakes who waits for it to move', async () => {
    const moved = watch.moved(100, stop.signal);
    file.write({ end: 200, last: 100 });
    await moved;
    expect(watch.mark()).toEqual({ end: 200, last: 100 });
  });

  test('wakes who waits for it to move, when somebody else has looked at it in between', async () => {
    const moved = watch.moved(100, stop.signal);
    file.write({ end: 200, last: 100 });
    expect(watch.mark().end).toBe(200);
    await moved;
  });

  test('wakes all who wait, when one more comes who need not wait', async () => {
    const waiting = [watch.moved(100, stop.signal), watch.moved(100, stop.signal)];
    file.write({ end: 200, last: 100 });
    await watch.moved(100, stop.signal);
    await Promise.all(waiting);
  });

  test('lets nobody wait for what is there', async () => {
    // Having been looked at, it wakes nobody any more.
    expect(watch.mark().end).toBe(100);
    await watch.moved(99, stop.signal);
  });

  test('never goes back', () => {
    expect(watch.mark().end).toBe(100);
    file.write({ end: 50, last: 0 });
    expect(watch.mark()).toEqual({ end: 100, last: 0 });
  });
});
