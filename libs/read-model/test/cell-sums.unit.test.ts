import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dimensionsOf } from '../src/cell-sums.ts';
import { CellSums, dimensionsText } from '../src/index.ts';

const name = fc.string({ unit: fc.constantFrom('a', 'b', '[', '"', '\u0001', '\u0002', 'é') });
const dims = fc.dictionary(name, name, { noNullPrototype: true });

test('dimension values come back from their text, whatever stands in them', () => {
  fc.assert(fc.property(dims, (all) => expect(dimensionsOf(dimensionsText(all))).toEqual(all)));
});

test('two sets of dimension values have one text only when they are the same', () => {
  fc.assert(
    fc.property(dims, dims, (a, b) => {
      const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
      expect(dimensionsText(a) === dimensionsText(b)).toBe(same);
      expect(dimensionsText(Object.fromEntries(Object.entries(a).reverse()))).toBe(dimensionsText(a));
    }),
  );
});

test('cells taken out again leave nothing', () => {
  const sums = new CellSums();
  const cell = { metric: 'm', day: 1, dims: { channel: 'web' }, values: [1, 5] };
  sums.add([cell, cell]);
  expect([...sums]).toEqual([{ ...cell, values: [2, 10] }]);
  sums.add([cell], -1);
  sums.add([cell], -1);
  expect([...sums]).toEqual([]);
});
