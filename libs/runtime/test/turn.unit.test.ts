import { describe, expect, test } from '@jest/globals';
import { pause, Turns } from '../src/turn.ts';

/** Work of so many steps, each as long as a slice; tells of each. */
async function work(name: string, steps: number, told: string[]): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    const until = performance.now() + 2;
    while (performance.now() < until);
    told.push(name);
    await pause();
  }
}

describe('long pieces of work', () => {
  test('take turns, one slice a round: whatever else comes in between is not kept waiting by all of them', async () => {
    const told: string[] = [];
    const all = Promise.all(['a', 'b', 'c'].map((name) => work(name, 4, told)));
    let rounds = 0;
    const look = () => {
      rounds += 1;
      told.push('|');
      if (told.filter((name) => name !== '|').length < 12) setImmediate(look);
    };
    setImmediate(look);
    await all;
    const later = told.join('').split('|').slice(1);
    expect(later.every((slice) => slice.length <= 1)).toBe(true);
    expect(told.filter((name) => name === 'b')).toHaveLength(4);
    expect(rounds).toBeGreaterThanOrEqual(8);
  });

  test('go on without waiting while their slice lasts, and wait once it is used up', async () => {
    let at = 100;
    const turns = new Turns(() => at);
    expect(turns.pause()).toBeUndefined();
    at += 1;
    expect(turns.pause()).toBeUndefined();
    at += 1;
    const first = turns.pause();
    expect(first).toBeInstanceOf(Promise);
    await first;
    expect(turns.pause()).toBeUndefined();
  });
});
