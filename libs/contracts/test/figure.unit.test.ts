import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { adjustedWald, figure, wilson } from '../src/figure.ts';

const rounded = (interval: readonly number[], digits: number) => interval.map((end) => Number(end.toFixed(digits)));

describe('the interval of a share', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is Wilson’s as published', (hits, n, low, high) => {
    expect(rounded(wilson(n, hits), 4)).toEqual([low, high]);
  });

  test('holds the share, within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (n, seed) => {
        const hits = seed % (n + 1);
        const [low, high] = wilson(n, hits);
        expect(0 <= low && low <= hits / n + 1e-12 && hits / n - 1e-12 <= high && high <= 1).toBe(true);
      }),
    );
  });
});

describe('the interval of a net promoter score', () => {
  test('is that of the answers with ¾ of a promoter, ¾ of a detractor and 1½ passives added', () => {
    // By hand: 57 promoters, 23 detractors of 97 become 57.75 and 23.75 of 100: difference 0.34, variance 0.815 − 0.1156 = 0.6994.
    const half = 1.959963984540054 * Math.sqrt(0.6994 / 100) * 100;
    const [low, high] = adjustedWald(97, 57, 23);
    expect(low).toBeCloseTo(34 - half, 10);
    expect(high).toBeCloseTo(34 + half, 10);
  });

  test('mirrors when promoters and detractors change places, and stays within −100 and 100', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        (p, d, passives) => {
          const n = p + d + passives;
          fc.pre(n > 0);
          const [low, high] = adjustedWald(n, p, d);
          const [mirroredLow, mirroredHigh] = adjustedWald(n, d, p);
          expect(low).toBeCloseTo(-mirroredHigh, 9);
          expect(high).toBeCloseTo(-mirroredLow, 9);
          expect(low).toBeGreaterThanOrEqual(-100);
          expect(high).toBeLessThanOrEqual(100);
        },
      ),
    );
  });
});

describe('the interval of a mean', () => {
  // 97.5th percentiles of Student's t from the usual table; n values of which half are 0 and half are 2 have mean 1.
  test.each([
    [2, 12.706],
    [4, 3.182],
    [6, 2.571],
    [10, 2.262],
    [30, 2.045],
    [100, 1.984],
  ])('of %i values is t = %f standard errors to each side', (n, t) => {
    const { value, interval } = figure({ kind: 'mean' }, [n, n, 2 * n]);
    const standardError = Math.sqrt(n / (n - 1) / n);
    expect(value).toBe(1);
    expect(Math.abs((interval![1] - 1) / standardError - t)).toBeLessThan(0.005);
  });

  test('is unknown for one value', () =>
    expect(figure({ kind: 'mean' }, [1, 5, 25])).toEqual({ n: 1, value: 5, interval: undefined }));

  test('is in units, whatever the scale it was stored in', () => {
    const plain = figure({ kind: 'mean' }, [3, 6, 14]);
    const scaled = figure({ kind: 'mean', scale: 100 }, [3, 600, 140_000]);
    expect(scaled.value).toBeCloseTo(plain.value!, 10);
    expect(scaled.interval![0]).toBeCloseTo(plain.interval![0], 8);
  });
});

describe('a figure without evidence', () => {
  test.each(['mean', 'share', 'nps'] as const)('of kind %s has no value', (kind) => {
    expect(figure({ kind }, [])).toEqual({ n: 0, value: undefined, interval: undefined });
  });
  test('is nought where it is counted', () => {
    expect(figure({ kind: 'count' }, [])).toEqual({ n: 0, value: 0, interval: undefined });
    expect(figure({ kind: 'sum', scale: 100 }, [2, 1250])).toEqual({ n: 2, value: 12.5, interval: undefined });
  });
});
