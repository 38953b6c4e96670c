import { describe, expect, test } from '@jest/globals';
import { dayFromText, dayToText } from '@throughline/contracts';
import { GRAINS, periodsBy, type Grain } from '../src/metrics/periods.ts';

const period = (grain: Grain, day: string) => {
  const { name, last } = periodsBy(grain, dayFromText('2026-12-31')!)(dayFromText(day)!);
  return [name, dayToText(last)];
};

describe('periods', () => {
  test.each<[Grain, string, string, string]>([
    ['day', '2024-02-29', '2024-02-29', '2024-02-29'],
    ['week', '2024-01-29', '2024-W05', '2024-02-04'],
    ['week', '2021-01-03', '2020-W53', '2021-01-03'],
    ['week', '2018-12-31', '2019-W01', '2019-01-06'],
    ['week', '1969-12-31', '1970-W01', '1970-01-04'],
    ['month', '2024-02-10', '2024-02', '2024-02-29'],
    ['month', '2023-12-31', '2023-12', '2023-12-31'],
    ['quarter', '2024-05-01', '2024-Q2', '2024-06-30'],
    ['quarter', '2024-12-31', '2024-Q4', '2024-12-31'],
    ['year', '2024-05-01', '2024', '2024-12-31'],
    ['all', '2024-05-01', 'all', '2026-12-31'],
  ])('the %s of %s is %s, and it ends on %s', (grain, day, name, last) => {
    expect(period(grain, day)).toEqual([name, last]);
  });

  test.each(GRAINS)(
    'every day of some years is in one %s, no later than its end, and names sort as time does',
    (grain) => {
      const of = periodsBy(grain, dayFromText('2100-01-01')!);
      let before = of(dayFromText('2015-12-01')!);
      for (let day = dayFromText('2015-12-01')!; day < dayFromText('2031-01-15')!; day += 1) {
        const now = of(day);
        expect(now.last).toBeGreaterThanOrEqual(day);
        if (now.name !== before.name) {
          expect(before.last).toBe(day - 1);
          expect(now.name > before.name).toBe(true);
        }
        before = now;
      }
    },
  );
});
