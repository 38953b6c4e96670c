/** Lists kept in order, so that a fragment is the same whatever order its touchpoints came in. */

export type Compare<T> = (a: T, b: T) => number;

/** Puts an item in its place; where an equal one stands, `combine` makes one of both (absent: they stand side by side). */
export function insertSorted<T>(list: T[], item: T, compare: Compare<T>, combine?: (old: T, item: T) => T): void {
  const last = list.length - 1;
  let low = 0;
  let high = list.length;
  // Touchpoints mostly come in order of time: the end is tried first.
  if (last >= 0 && compare(list[last]!, item) < 0) low = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(list[middle]!, item) < 0) low = middle + 1;
    else high = middle;
  }
  if (combine && low <= last && compare(list[low]!, item) === 0) list[low] = combine(list[low]!, item);
  else if (low > last) list.push(item);
  else list.splice(low, 0, item);
}

/** Two lists in order become one; leaves both alone. */
export function mergeSorted<T>(
  a: readonly T[],
  b: readonly T[],
  compare: Compare<T>,
  combine?: (a: T, b: T) => T,
): T[] {
  if (!a.length) return b.slice();
  if (!b.length) return a.slice();
  const merged: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const order = compare(a[i]!, b[j]!);
    if (order === 0 && combine) merged.push(combine(a[i++]!, b[j++]!));
    else merged.push(order <= 0 ? a[i++]! : b[j++]!);
  }
  while (i < a.length) merged.push(a[i++]!);
  while (j < b.length) merged.push(b[j++]!);
  return merged;
}

type Row = readonly (number | string)[];

/** Orders rows by their first `columns` columns. */
export function byColumns(columns: number): Compare<Row> {
  return (a, b) => {
    for (let i = 0; i < columns; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
    return 0;
  };
}

/** Orders rows by all they hold. */
export const byAll: Compare<Row> = (a, b) => byColumns(Math.min(a.length, b.length))(a, b) || a.length - b.length;
