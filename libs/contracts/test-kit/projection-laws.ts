/** The laws of a projection (see `ProjectionDefinition`), as one suite that every projection passes. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Touchpoint } from '../src/touchpoint.ts';
import type { ProjectionDefinition } from '../src/view.ts';
import { arbitraryDay, arbitraryTouchpoints } from './arbitrary-touchpoint.ts';

const runs = { numRuns: 100 };

export interface LawOptions {
  /** Added to the suite's name, where a projection is tried on several kinds of touchpoints. */
  readonly of?: string;
  /** The touchpoint types worth drawing from, when not all of them. */
  readonly types?: readonly string[];
}

export function describeProjectionLaws<F, V>(projection: ProjectionDefinition<F, V>, options: LawOptions = {}): void {
  const { fragment } = projection;
  const touchpoints = arbitraryTouchpoints(options);
  const parts = fc.tuple(touchpoints, touchpoints, touchpoints).filter((three) => {
    const ids = three.flat().map((t) => t.id);
    return new Set(ids).size === ids.length;
  });
  const fold = (list: readonly Touchpoint[]): F => list.reduce((f, t) => fragment.apply(f, t), fragment.empty());
  const frozenFold = (list: readonly Touchpoint[]): F => deepFreeze(fold(list));

  describe(`the laws of the ${projection.name} projection${options.of ? ` ${options.of}` : ''}`, () => {
    test('a fragment is a function of the set of touchpoints, whatever their order', () => {
      const shuffled = touchpoints.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      );
      fc.assert(
        fc.property(shuffled, ([list, other]) => {
          expect(fold(other)).toEqual(fold(list));
        }),
        runs,
      );
    });

    test('merging parts equals applying the whole', () => {
      fc.assert(
        fc.property(parts, ([a, b]) => {
          expect(fragment.merge(fold(a), fold(b))).toEqual(fold([...a, ...b]));
        }),
        runs,
      );
    });

    test('merge is commutative and associative, has the empty fragment as its unit, and leaves its arguments alone', () => {
      fc.assert(
        fc.property(parts, (three) => {
          const [a, b, c] = three.map(frozenFold) as [F, F, F];
          expect(fragment.merge(a, b)).toEqual(fragment.merge(b, a));
          expect(fragment.merge(fragment.merge(a, b), c)).toEqual(fragment.merge(a, fragment.merge(b, c)));
          expect(fragment.merge(a, fragment.empty())).toEqual(a);
          expect(fragment.merge(fragment.empty(), a)).toEqual(a);
        }),
        runs,
      );
    });

    test('applying changes no touchpoint', () => {
      fc.assert(
        fc.property(touchpoints, (list) => {
          const before = structuredClone(list);
          fold(list);
          list.forEach((t) => projection.eventCells(t));
          expect(list).toEqual(before);
        }),
        runs,
      );
    });

    test('a fragment and a view are plain data that survive being written and read', () => {
      fc.assert(
        fc.property(touchpoints, arbitraryDay, (list, at) => {
          const folded = fold(list);
          expect(JSON.parse(JSON.stringify(folded))).toEqual(folded);
          const view = projection.view(folded, at);
          expect(JSON.parse(JSON.stringify(view))).toEqual(view);
        }),
        runs,
      );
    });

    test('a view, its cells and its index entries follow from fragment and day alone, and leave the fragment alone', () => {
      fc.assert(
        fc.property(touchpoints, arbitraryDay, (list, at) => {
          const folded = frozenFold(list);
          const [view, again] = [projection.view(folded, at), projection.view(structuredClone(folded), at)];
          expect(again).toEqual(view);
          expect(projection.customerCells(again)).toEqual(projection.customerCells(view));
          expect(projection.indexes(again)).toEqual(projection.indexes(view));
        }),
        runs,
      );
    });

    test('cells hold integers, one entry a field is left in the indexes, and no value is NaN', () => {
      fc.assert(
        fc.property(touchpoints, arbitraryDay, (list, at) => {
          const view = projection.view(fold(list), at);
          const cells = [...list.flatMap((t) => projection.eventCells(t)), ...projection.customerCells(view)];
          expect(cells.flatMap((cell) => cell.values).filter((value) => !Number.isSafeInteger(value))).toEqual([]);
          expect(cells.flatMap((cell) => Object.values(cell.dims)).filter((dim) => typeof dim !== 'string')).toEqual(
            [],
          );
          const entries = projection.indexes(view);
          expect(new Set(entries.map((e) => e.field)).size).toBe(entries.length);
          expect(entries.filter((entry) => Number.isNaN(entry.value))).toEqual([]);
        }),
        runs,
      );
    });

    test('until the announced next change, time alone moves neither cells nor indexes', () => {
      fc.assert(
        fc.property(touchpoints, arbitraryDay, fc.double({ min: 0, max: 1, noNaN: true }), (list, at, where) => {
          const folded = fold(list);
          const now = projection.view(folded, at);
          const next = projection.nextChange(now);
          if (next !== undefined) expect(next).toBeGreaterThan(at);
          const last = next === undefined ? at + 2_000 : next - 1;
          const later = projection.view(folded, at + Math.floor(where * (last - at)));
          expect(projection.customerCells(later)).toEqual(projection.customerCells(now));
          expect(projection.indexes(later)).toEqual(projection.indexes(now));
        }),
        runs,
      );
    });
  });
}

function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
