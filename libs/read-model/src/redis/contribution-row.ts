/** A contribution as it is stored: by numbers, and flat, since there is one for each customer. */
import type { Cell, IndexEntry, IndexValue } from '@throughline/contracts';
import type { Finished } from '../store.ts';
import { cellName, metricOf, readCell } from './cell-name.ts';

export type ContributionRow = readonly [
  nextChange: number | null,
  failed: string | null,
  /** Number of the field, value; and again. */
  indexes: readonly IndexValue[],
  /** Number of the cell, count of values, the values; and again. */
  cells: readonly number[],
];

/** What fields and cells are called where they get their numbers. */
export function fieldName(field: string): string {
  return `f${field}`;
}

export function fieldOf(fieldName: string): string {
  return fieldName.slice(1);
}

/** The numbers of the row's fields. */
export function* fieldsIn(row: ContributionRow | undefined): Iterable<number> {
  const indexes = row?.[2] ?? [];
  for (let i = 0; i < indexes.length; i += 2) yield indexes[i] as number;
}

export function numberedCellName(name: string): string {
  return `c${name}`;
}

/** The cell's name out of what it is called where it has its number. */
export function cellNameIn(numberedCellName: string): string {
  return numberedCellName.slice(1);
}

export function namesIn({ indexes, cells }: Pick<Finished, 'indexes' | 'cells'>): string[] {
  return [...indexes.map(({ field }) => fieldName(field)), ...cells.map((cell) => numberedCellName(cellName(cell)))];
}

export function rowOf(contribution: Finished, number: (name: string) => number): ContributionRow {
  const indexes: IndexValue[] = [];
  for (const { field, value } of contribution.indexes) indexes.push(number(fieldName(field)), value);
  const cells: number[] = [];
  for (const cell of contribution.cells) {
    cells.push(number(numberedCellName(cellName(cell))), cell.values.length, ...cell.values);
  }
  return [contribution.nextChange ?? null, contribution.failed ?? null, indexes, cells];
}

/** The numbers of all that is named in the row. */
export function* numbersIn(row: ContributionRow | undefined): Iterable<number> {
  yield* fieldsIn(row);
  for (const [cell] of cellsOf(row)) yield cell;
}

/** What the row was made of. */
export function contributionOf(customer: string, row: ContributionRow, nameOf: (number: number) => string): Finished {
  const [nextChange, failed, entries] = row;
  const indexes: IndexEntry[] = [];
  for (let i = 0; i < entries.length; i += 2) {
    indexes.push({ field: fieldOf(nameOf(entries[i] as number)), value: entries[i + 1]! });
  }
  const cells: Cell[] = [];
  for (const [number, values] of cellsOf(row)) {
    const name = cellNameIn(nameOf(number));
    cells.push(readCell(name, metricOf(name), values));
  }
  return { customer, cells, indexes, nextChange: nextChange ?? undefined, ...(failed !== null && { failed }) };
}

/** Index entries in one row and not in the other, by the field's number. */
export function changedEntries(before: ContributionRow | undefined, after: ContributionRow | undefined) {
  return { out: missing(before?.[2], after?.[2]), in: missing(after?.[2], before?.[2]) };
}

function missing(from: readonly IndexValue[] = [], other: readonly IndexValue[] = []): [number, IndexValue][] {
  const entries: [number, IndexValue][] = [];
  for (let i = 0; i < from.length; i += 2) {
    const [field, value] = [from[i] as number, from[i + 1]!];
    // Rows of one projection name their fields in one order, mostly.
    if (other[i] === field ? other[i + 1] === value : valueIn(other, field) === value) continue;
    entries.push([field, value]);
  }
  return entries;
}

/** The numbers and values of the row's cells, each `times` over. */
export function* cellsOf(row: ContributionRow | undefined): Iterable<readonly [number, readonly number[]]> {
  const cells = row?.[3] ?? [];
  for (let i = 0; i < cells.length;) {
    const end = i + 2 + cells[i + 1]!;
    yield [cells[i]!, cells.slice(i + 2, end)];
    i = end;
  }
}

export function sameCells(a: ContributionRow | undefined, b: ContributionRow | undefined): boolean {
  return sameList(a?.[3] ?? [], b?.[3] ?? []);
}

export function sameRow(a: ContributionRow | undefined, b: ContributionRow | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a[0] === b[0] && a[1] === b[1] && sameList(a[2], b[2]) && sameList(a[3], b[3]);
}

/** The value of a field in a row. */
export function valueOf(row: ContributionRow, field: number): IndexValue | undefined {
  return valueIn(row[2], field);
}

function valueIn(indexes: readonly IndexValue[], field: number): IndexValue | undefined {
  for (let i = 0; i < indexes.length; i += 2) if (indexes[i] === field) return indexes[i + 1];
  return undefined;
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
