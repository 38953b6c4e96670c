import { describe, expect, test } from '@jest/globals';
import type { Touchpoint } from '@throughline/contracts';
import { foldHistory, type Folder } from '../src/customers/as-of/fold-history.ts';

const touchpoint = (id: string, amount: number) => ({ id, data: { facts: { amount } } }) as unknown as Touchpoint;
const amountOf = ({ data }: Touchpoint) => data.facts['amount'] as number;

/** Adds up amounts; breaks on one after it has spoilt what it was given. */
const adding = (breaksOn?: number): Folder => ({
  empty: () => ({ sum: 0 }),
  apply(fragment, each) {
    const sum = fragment as { sum: number };
    sum.sum += amountOf(each);
    if (amountOf(each) === breaksOn) throw new Error('cannot be folded');
    return sum;
  },
  merge: (a) => a,
});

async function* history() {
  yield* [touchpoint('a', 1), touchpoint('b', 20), touchpoint('c', 300)];
}

describe('a history that is folded for several projections at once', () => {
  test('is read once', async () => {
    let readings = 0;
    const folded = await foldHistory(() => {
      readings++;
      return history();
    }, [adding(), adding()]);
    expect(folded).toEqual([
      { fragment: { sum: 321 }, failed: [] },
      { fragment: { sum: 321 }, failed: [] },
    ]);
    expect(readings).toBe(1);
  });

  test('lacks what one of them cannot fold, in that one, and names it', async () => {
    const folded = await foldHistory(history, [adding(20), adding()]);
    expect(folded.map(({ fragment, failed }) => [fragment, failed])).toEqual([
      [{ sum: 301 }, ['b']],
      [{ sum: 321 }, []],
    ]);
  });
});
