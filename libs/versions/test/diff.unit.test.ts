import { describe, expect, test } from '@jest/globals';
import type { Cell, IndexEntry, IndexValue, Position, VersionDiff } from '@throughline/contracts';
import * as fc from 'fast-check';
import { DiffMaker, type Compared } from '../src/index.ts';
import {
  changesOf,
  plainCustomers,
  plainMetrics,
  plainMovers,
  plainNumbers,
  plainTurns,
  type Customers,
} from './plain-diff.ts';

const FOLDED = { touchpoints: 1, ids: '0'.repeat(32) };
const COMPARED: Compared = {
  projection: 'cem',
  from: 'old',
  to: 'new',
  position: '0000000000000001' as Position,
  day: '2026-11-22',
  folded: { from: FOLDED, to: FOLDED, same: true },
};

const made = (before: Customers, after: Customers, cells: readonly [Cell[], Cell[]] = [[], []]): VersionDiff => {
  const maker = new DiffMaker(COMPARED);
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(id), after.get(id)];
    maker.customer(id, a && { indexes: a }, b && { indexes: b });
  }
  for (const cell of cells[0]) maker.cellBefore(cell);
  for (const cell of cells[1]) maker.cellAfter(cell);
  return maker.diff();
};

/** One field of customers a0, a1…, before and after. */
const ofField = (pairs: readonly (readonly [IndexValue | null, IndexValue | null])[]) => {
  const side = (of: 0 | 1): Customers =>
    new Map(
      pairs.map((pair, i) => [
        `a${String(i).padStart(6, '0')}`,
        pair[of] === null ? [] : [{ field: 'cem.score', value: pair[of] }],
      ]),
    );
  return made(side(0), side(1)).fields[0]!;
};

const FIELDS: Readonly<Record<string, fc.Arbitrary<IndexValue>>> = {
  'cem.score': fc.integer({ min: 0, max: 5 }),
  'cem.seconds': fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
  'cem.band': fc.constantFrom('low', 'high', 'true'),
  'cem.mixed': fc.constantFrom<IndexValue>(true, false, 'true', 1, 0),
};
const entries = fc
  .tuple(
    ...Object.entries(FIELDS).map(([field, value]) => fc.option(value.map((v): IndexEntry => ({ field, value: v })))),
  )
  .chain((some) => fc.shuffledSubarray(some.filter((entry) => entry !== null)));
const customers: fc.Arbitrary<Customers> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 40 }), entries), { selector: ([id]) => id, maxLength: 40 })
  .map((all) => new Map(all.map(([id, own]) => [`c${id}`, own])));
const cell: fc.Arbitrary<Cell> = fc
  .record({
    metric: fc.constantFrom('calls', 'nps'),
    day: fc.option(fc.integer({ min: 20_000, max: 20_003 })),
    dims: fc.constantFrom<Record<string, string>>({}, { a: 'x' }, { a: 'x', b: 'y' }, { b: 'y', a: 'x' }),
    values: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 2, maxLength: 2 }),
  })
  .map(({ day, ...rest }) => (day === null ? rest : { ...rest, day }));

describe('a comparison', () => {
  test('comes to the same as the plainest computation', () => {
    fc.assert(
      fc.property(customers, customers, (before, after) => {
        const diff = made(before, after);
        expect(diff).toMatchObject(COMPARED);
        expect(diff.customers).toEqual(plainCustomers(before, after));
        const fields = Object.keys(FIELDS).sort();
        expect(diff.compared.fields).toEqual(fields.filter((field) => changesOf(field, before, after).length > 0));
        expect(diff.fields.map(({ field }) => field)).toEqual(
          fields.filter((field) => changesOf(field, before, after).some(({ from, to }) => from !== to)),
        );
        for (const shown of diff.fields) {
          const changes = changesOf(shown.field, before, after);
          const both = changes.filter(({ from, to }) => from !== null && to !== null);
          const same = both.filter(({ from, to }) => from === to).length;
          const numbers = both.flatMap(({ from, to }) =>
            typeof from === 'number' && typeof to === 'number' ? [to - from] : [],
          );
          const { change, turns, movers, ...counts } = shown;
          expect(counts).toEqual({
            field: shown.field,
            n: both.length,
            same,
            changed: both.length - same,
            gained: changes.filter(({ from }) => from === null).length,
            lost: changes.filter(({ to }) => to === null).length,
          });
          if (numbers.length === 0) expect(change).toBeUndefined();
          else expect(change).toEqual({ ...plainNumbers(numbers), histogram: expect.any(Array) });
          expect(turns ?? []).toEqual(plainTurns(changes));
          expect(movers).toEqual(plainMovers(changes));
        }
      }),
    );
  });

  test('of cells that come in pieces and in any order adds them up first', () => {
    const cells = fc.array(cell, { maxLength: 25 });
    fc.assert(
      fc.property(cells, cells, (before, after) => {
        const diff = made(new Map(), new Map(), [before, after]);
        expect(diff.metrics).toEqual(plainMetrics(before, after));
      }),
    );
  });

  test('of a version with itself shows nothing, whatever pieces its cells come in', () => {
    fc.assert(
      fc.property(customers, fc.array(cell, { maxLength: 25 }), (all, cells) => {
        const diff = made(all, all, [cells, [...cells].reverse()]);
        expect(diff).toMatchObject({ fields: [], metrics: [], customers: { inBoth: all.size, changed: 0 } });
      }),
    );
  });

  test('does not depend on the order of customers', () => {
    const maker = (ids: readonly number[]) => {
      const diff = new DiffMaker(COMPARED);
      for (const id of ids) diff.customer(`c${id}`, { indexes: [{ field: 'f', value: id % 7 }] }, { indexes: [] });
      for (const id of ids) diff.customer(`d${id}`, undefined, { indexes: [] });
      return diff.diff();
    };
    const ids = Array.from({ length: 60 }, (_, i) => i);
    expect(maker([...ids].reverse())).toEqual(maker(ids));
    expect(maker(ids).customers.onlyIn.to).toMatchObject({ n: 60, first: { length: 20 } });
  });
});

describe('how a field of numbers moves', () => {
  const bars = (changes: readonly number[]) =>
    ofField(changes.map((change) => [100, 100 + change])).change!.histogram.map(({ from, to, n }) => [from, to, n]);

  test('is counted between bounds that people like, alike up and down', () => {
    expect(bars([0, 0, 1, 2, 4, 5, -1, -2, -4, -5])).toEqual([
      [-10, -5, 1],
      [-5, -2, 2],
      [-2, -1, 1],
      [1, 2, 1],
      [2, 5, 2],
      [5, 10, 1],
    ]);
    expect(bars([30])).toEqual([[20, 50, 1]]);
    expect(bars([1, 30])).toHaveLength(5);
    // The logarithm of this is 15 to a computer.
    expect(bars([10 ** 15 - 1])).toEqual([[5e14, 1e15, 1]]);
  });

  test('of a wide range counts the smallest changes as one', () => {
    expect(bars([1, 3, 12, 999, 5000, -2])).toEqual([
      [-20, 0, 1],
      [0, 20, 3],
      [20, 50, 0],
      [50, 100, 0],
      [100, 200, 0],
      [200, 500, 0],
      [500, 1000, 1],
      [1000, 2000, 0],
      [2000, 5000, 0],
      [5000, 10_000, 1],
    ]);
  });

  test('counts everyone who changed once, within a bar’s bounds', () => {
    const size = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }),
      fc.integer({ min: -(10 ** 15), max: 10 ** 15 }),
      fc.double({ min: -1000, max: 1000, noNaN: true }),
      fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 30 }), (changes) => {
        const field = ofField(changes.map((change) => [0, change]));
        const moved = changes.filter((change) => change !== 0);
        if (moved.length === 0) return expect(field).toBeUndefined();
        const { histogram } = field.change!;
        expect(histogram.length).toBeLessThanOrEqual(18);
        // Fractions are told to twelve digits.
        const told = moved.map((change) => (Number.isInteger(change) ? change : Number(change.toPrecision(12))));
        const isWithin = (change: number, { from, to }: { from: number; to: number }) =>
          change > 0 ? from <= change && change < to : from < change && change <= to;
        expect(histogram.map(({ n }) => n)).toEqual(
          histogram.map((bar) => told.filter((change) => isWithin(change, bar)).length),
        );
        expect(histogram.reduce((sum, { n }) => sum + n, 0)).toBe(moved.length);
        for (let i = 1; i < histogram.length; i++)
          expect(histogram[i]!.from).toBeGreaterThanOrEqual(histogram[i - 1]!.to);
      }),
    );
  });

  test('is told without what binary fractions leave over', () => {
    const field = ofField([
      [0.1, 0.3],
      [129.95, 129.96],
    ]);
    expect(field.change).toMatchObject({ least: 0.01, greatest: 0.2 });
    expect(field.change!.histogram.map(({ from, n }) => [from, n])).toEqual([
      [0.01, 1],
      [0.02, 0],
      [0.05, 0],
      [0.1, 0],
      [0.2, 1],
    ]);
  });

  test('keeps its sums exact where they are larger than any single number', () => {
    const most = 2 ** 53 - 2;
    const changes = [most, ...Array.from({ length: 101 }, () => 3), -most];
    expect(ofField(changes.map((change) => [0, change])).change).toMatchObject(plainNumbers(changes));
  });

  test('says so where there are too many different changes to tell the middle one exactly', () => {
    const changes = Array.from({ length: 20_001 }, (_, i) => (i - 3000) * 7);
    const few = ofField(changes.slice(0, 10_001).map((change) => [0, change])).change!;
    expect(few).toMatchObject({ median: 14_000 });
    expect(few).not.toHaveProperty('medianWithin');
    const many = ofField(changes.map((change) => [0, change])).change!;
    const { median, medianWithin, ...rest } = many;
    expect(rest).toMatchObject({ least: -21_000, greatest: 119_000, mean: 49_000 });
    expect(medianWithin).toBe(0.005);
    expect(Math.abs(median - 49_000)).toBeLessThanOrEqual(0.005 * 49_000);
  });
});

describe('how a field of words turns', () => {
  test('lists the most frequent turns, and says how many there are besides', () => {
    const pairs = Array.from({ length: 30 }, (_, i) => Array.from({ length: i + 1 }, () => [`w${i}`, 'z'] as const));
    const field = ofField(pairs.flat());
    expect(field.turns).toHaveLength(20);
    expect(field.turns![0]).toEqual({ from: 'w29', to: 'z', n: 30 });
    expect(field.otherTurns).toBe(55);
  });

  test('of very many different turns counts those it met first, and tells how many others there were', () => {
    const early = Array.from({ length: 15_000 }, (_, i) => [`w${i % 12_000}`, 'z'] as const);
    const late = Array.from({ length: 5 }, () => ['late', 'z'] as const);
    const { turns, otherTurns } = ofField([...early, ...late]);
    expect(turns!.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, () => 2));
    expect(otherTurns! + 40).toBe(15_005);
  });
});

describe('a report', () => {
  test('stays small enough for one event, whatever is in it', () => {
    const long = 'x'.repeat(3000);
    const maker = new DiffMaker(COMPARED);
    for (let i = 0; i < 100; i++) {
      const entriesOf = (text: string) =>
        Array.from({ length: 40 }, (_, f) => ({ field: `crm.f${f}`, value: `${text}${i}` }));
      maker.customer(`c${i}`, { indexes: entriesOf(long) }, { indexes: entriesOf('short') });
      maker.cellAfter({ metric: `m${i % 10}`, dims: { product: `${long}${i}` }, values: [1] });
    }
    const diff = maker.diff();
    expect(Buffer.byteLength(JSON.stringify(diff))).toBeLessThan(200_000);
    expect(diff.fields).toHaveLength(40);
    expect(diff.fields[0]).toMatchObject({ changed: 100, movers: [], otherTurns: 100 });
    expect(diff.metrics[0]).toMatchObject({ cells: 10, changed: 10, most: [] });
  });
});
