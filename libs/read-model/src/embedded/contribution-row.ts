import type { Cell, IndexEntry, IndexValue } from '@throughline/contracts';
import type { Finished } from '../store.ts';
import { cellOf, numbered, type CellChanges, type NumberedCell } from './cell-table.ts';
import type { Dictionary } from './dictionary.ts';

/** A contribution by numbers, flat: cells as metric, day, dimensions, count of values, values; index entries as field, value. */
export type ContributionRow = readonly [
  nextChange: number | null,
  failed: string | null,
  indexes: readonly IndexValue[],
  cells: readonly number[],
];

export function rowOf(contribution: Finished, dictionary: Dictionary): ContributionRow {
  const indexes: IndexValue[] = [];
  for (const { field, value } of contribution.indexes) indexes.push(dictionary.number(field), value);
  const cells: number[] = [];
  for (const cell of contribution.cells) {
    const { metric, day, dims } = numbered(cell, dictionary);
    cells.push(metric, day, dims, cell.values.length, ...cell.values);
  }
  return [contribution.nextChange ?? null, contribution.failed ?? null, indexes, cells];
}

/** What the row was made of. */
export function contributionOf(
  customer: string,
  [nextChange, failed, entries, numbers]: ContributionRow,
  dictionary: Dictionary,
): Finished {
  const indexes: IndexEntry[] = [];
  for (let i = 0; i < entries.length; i += 2) {
    indexes.push({ field: dictionary.text(entries[i] as number), value: entries[i + 1]! });
  }
  const cells: Cell[] = [];
  for (const { cell, values } of cellsIn(numbers)) cells.push(cellOf(cell, values, dictionary));
  return { customer, cells, indexes, nextChange: nextChange ?? undefined, ...(failed !== null && { failed }) };
}

/** Index entries in one row and not in the other, by field number. */
export function changedEntries(
  from: ContributionRow | undefined,
  to: ContributionRow | undefined,
): { readonly out: readonly [number, IndexValue][]; readonly in: readonly [number, IndexValue][] } {
  const before = from?.[2] ?? [];
  const after = to?.[2] ?? [];
  return { out: missing(before, after), in: missing(after, before) };
}

function missing(from: readonly IndexValue[], other: readonly IndexValue[]): [number, IndexValue][] {
  const entries: [number, IndexValue][] = [];
  for (let i = 0; i < from.length; i += 2) {
    if (other[i] === from[i] && other[i + 1] === from[i + 1]) continue;
    if (!holds(other, from[i]!, from[i + 1]!)) entries.push([from[i] as number, from[i + 1]!]);
  }
  return entries;
}

function holds(entries: readonly IndexValue[], field: IndexValue, value: IndexValue): boolean {
  for (let i = 0; i < entries.length; i += 2) if (entries[i] === field && entries[i + 1] === value) return true;
  return false;
}

/** Replaces one row's cells by another's; nothing to do where they are the same, as they mostly are. */
export function replaceCells(
  before: ContributionRow | undefined,
  after: ContributionRow | undefined,
  changes: CellChanges,
): void {
  if (before && after && sameList(before[3], after[3])) return;
  addCells(before, changes, -1);
  addCells(after, changes, 1);
}

export function sameRow(a: ContributionRow | undefined, b: ContributionRow | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a[0] === b[0] && a[1] === b[1] && sameList(a[2], b[2]) && sameList(a[3], b[3]);
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** Adds a row's cells to the changes, or takes them out. */
function addCells(row: ContributionRow | undefined, changes: CellChanges, times: 1 | -1): void {
  for (const { cell, values } of cellsIn(row?.[3] ?? [])) changes.add(cell, values, times);
}

function* cellsIn(
  numbers: ContributionRow[3],
): Iterable<{ readonly cell: NumberedCell; readonly values: readonly number[] }> {
  for (let i = 0; i < numbers.length;) {
    const [metric, day, dims] = [numbers[i]!, numbers[i + 1]!, numbers[i + 2]!];
    const end = i + 4 + numbers[i + 3]!;
    yield { cell: { metric, day, dims }, values: numbers.slice(i + 4, end) };
    i = end;
  }
}

/** The value of a field in a row. */
export function valueOf(row: ContributionRow, field: number): IndexValue | undefined {
  const indexes = row[2];
  for (let i = 0; i < indexes.length; i += 2) if (indexes[i] === field) return indexes[i + 1];
  return undefined;
}
