import type { Cell } from '@throughline/contracts';
import { readCell } from './cell-name.ts';
import { unpack } from './codec.ts';

/** Cells of one metric as one part keeps them: names in order, and their values. */
export interface FoundCells {
  readonly names: Buffer[];
  readonly values: Buffer[];
}

/** Cells made before others get their turn on the thread. */
const CELLS_A_TURN = 1_000;

/** The cells of one metric, in the order of their names; those of several parts that are equal are added up as they are taken. */
export async function* cellsIn(metric: string, parts: readonly FoundCells[]): AsyncIterable<Cell> {
  let made = 0;
  for (const [name, values] of parts.length === 1 ? each(parts[0]!) : merged(parts)) {
    if (++made % CELLS_A_TURN === 0) await new Promise(setImmediate);
    yield readCell(String(name), metric, values);
  }
}

function* each({ names, values }: FoundCells): Iterable<readonly [Buffer, readonly number[]]> {
  for (let i = 0; i < names.length; i++) yield [names[i]!, unpack<number[]>(values[i]!)];
}

function* merged(parts: readonly FoundCells[]): Iterable<readonly [Buffer, readonly number[]]> {
  const left = parts.map(each).map((cells) => cells[Symbol.iterator]());
  let heads = left.map((cells) => cells.next());
  for (;;) {
    let least: Buffer | undefined;
    for (const { done, value } of heads) if (!done && (!least || value[0].compare(least) < 0)) least = value[0];
    if (!least) return;
    const sums: number[] = [];
    heads = heads.map((head, i) => {
      if (head.done || !head.value[0].equals(least)) return head;
      head.value[1].forEach((value: number, j: number) => (sums[j] = (sums[j] ?? 0) + value));
      return left[i]!.next();
    });
    // What one part took out of another's sum: kept in one, the cell would be gone.
    if (sums.some((value) => value !== 0)) yield [least, sums];
  }
}
