import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digitsOf, PARTITIONS, partedVersion, partOf, partsOf } from '../src/index.ts';

const of = fc.constantFrom(...PARTITIONS);
const id = fc.stringMatching(/^[0-9a-f]{32}$/);
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the parts of a version', () => {
  test('share all ids among them: each id belongs to the one part whose digits it begins with', () => {
    fc.assert(
      fc.property(id, of, (key, count) => {
        const owners = indexes(count).filter((index) => digitsOf({ index, of: count }).includes(key[0]!));
        expect(owners).toEqual([partOf(key, count)]);
      }),
    );
  });

  test('are equal: each has as many leading digits as any other', () => {
    for (const count of PARTITIONS) {
      const digits = indexes(count).map((index) => digitsOf({ index, of: count }));
      expect(digits.flat()).toEqual([...'0123456789abcdef']);
      expect(new Set(digits.map(({ length }) => length))).toEqual(new Set([16 / count]));
    }
  });

  test('are halves of the parts of a version that has half as many', () => {
    fc.assert(
      fc.property(id, fc.constantFrom(1, 2, 4, 8), (key, count) => {
        expect(Math.floor(partOf(key, count * 2) / 2)).toBe(partOf(key, count));
      }),
    );
  });

  test('are there for what can be no id, too', () => {
    for (const text of ['', 'nobody', ' ', '-1', 'é']) expect(partOf(text, 16)).toBe(0);
  });

  test('are in the name of their version, and a version of one part is called as ever', () => {
    for (const count of PARTITIONS) expect(partsOf(partedVersion('0123456789abcdef', count))).toBe(count);
    expect(partedVersion('0123456789abcdef', 1)).toBe('0123456789abcdef');
    expect(partedVersion('0123456789abcdef', 4)).toBe('0123456789abcdefx4');
  });
});
