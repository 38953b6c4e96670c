/**
 * The plain data that mergeable folds are made of: sorted tables, counts, and registers of which the latest wins. Arrays and
 * not objects, because ids as property names would make every fragment a shape of its own to the codec that stores it.
 */

/** A row stands in its table by its first column, once; tables are sorted by it, so one set of rows has one spelling. */
export type Row = [id: string, ...columns: unknown[]];

export type CountRow = [name: string, count: number];

/** Index of the row, or of the place it would take as −1 − index. */
function search(table: readonly Row[], id: string): number {
  let low = 0;
  let high = table.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = table[middle]![0];
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

/** The row of that id, put in if it is not there yet. */
export function rowOf<R extends Row>(table: R[], id: string, fresh: (id: string) => R): R {
  const at = search(table, id);
  if (at >= 0) return table[at]!;
  const row = fresh(id);
  table.splice(-1 - at, 0, row);
  return row;
}

/** The rows of both; what both have is joined. Rows of one side only are shared with it, not copied. */
export function mergeTables<R extends Row>(a: readonly R[], b: readonly R[], join: (a: R, b: R) => R): R[] {
  const merged: R[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i]!, b[j]!];
    if (left[0] === right[0]) {
      merged.push(join(left, right));
      i++;
      j++;
    } else if (left[0] < right[0]) {
      merged.push(left);
      i++;
    } else {
      merged.push(right);
      j++;
    }
  }
  while (i < a.length) merged.push(a[i++]!);
  while (j < b.length) merged.push(b[j++]!);
  return merged;
}

export function count(table: CountRow[], name: string, by = 1): void {
  rowOf(table, name, (id): CountRow => [id, 0])[1] += by;
}

export function mergeCounts(a: readonly CountRow[], b: readonly CountRow[]): CountRow[] {
  return mergeTables(a, b, (x, y): CountRow => [x[0], x[1] + y[1]]);
}

/**
 * A last-write-wins register: when it was written (epoch milliseconds), then what. Empty: never written. Of two writings at
 * the same millisecond the one with the greater content wins: a total order like that of ids, which therefore need no storing.
 */
export type Register<T extends readonly (string | number)[] = readonly (string | number)[]> =
  readonly [] | readonly [at: number, ...T];

export function latest<T extends readonly (string | number)[]>(a: Register<T>, b: Register<T>): Register<T> {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x !== y) return x > y ? a : b;
  }
  return a.length >= b.length ? a : b;
}

/** The earlier of two times; 0 stands for none. */
export function earliest(a: number, b: number): number {
  return a === 0 ? b : b === 0 ? a : Math.min(a, b);
}
