import { expect, test } from '@jest/globals';
import { message, start } from './support/dist.ts';
import { inFolder } from './support/folder.ts';

test('a log at rest has no thread for its index, whose memory nobody would collect', async () => {
  await inFolder(async (dir) => {
    const child = start('sorts.mjs', [dir]);
    const { made, alive } = await message<{ made: number; alive: number }>(child);
    expect(made).toBeGreaterThan(0);
    expect(alive).toBe(0);
  });
});
