import type { Cell, Day } from '@throughline/contracts';
import { dimensionsOf, dimensionsText } from '../cell-sums.ts';
import type { Dictionary } from './dictionary.ts';
import type { Tables } from './environment.ts';

/** A cell by numbers: metric and dimensions out of the dictionary, `UNTIMED` where it has no day. */
export interface NumberedCell {
  readonly metric: number;
  readonly day: Day;
  readonly dims: number;
}

/** Below every day; as an unsigned number the days stand in their order, and the untimed before them. */
export const UNTIMED = -0x80000000;
const KEY = 12;

export function numbered(cell: Cell, dictionary: Dictionary): NumberedCell {
  return {
    metric: dictionary.number(cell.metric),
    day: cell.day ?? UNTIMED,
    dims: dictionary.number(dimensionsText(cell.dims)),
  };
}

export function cellKey({ metric, day, dims }: NumberedCell): Buffer {
  const key = Buffer.allocUnsafe(KEY);
  key.writeUInt32BE(metric, 0);
  key.writeUInt32BE(day - UNTIMED, 4);
  key.writeUInt32BE(dims, 8);
  return key;
}

/** The metric in a stored cell's key. */
export function metricOf(key: Buffer, dictionary: Dictionary): string {
  return dictionary.text(key.readUInt32BE(0));
}

/** The stored cell behind a key. */
export function readCell(metric: string, key: Buffer, values: Buffer, dictionary: Dictionary): Cell {
  return made(metric, key.readUInt32BE(4) + UNTIMED, key.readUInt32BE(8), readValues(values), dictionary);
}

/** The cell that was numbered. */
export function cellOf({ metric, day, dims }: NumberedCell, values: readonly number[], dictionary: Dictionary): Cell {
  return made(dictionary.text(metric), day, dims, values, dictionary);
}

function made(metric: string, day: Day, numberOfDims: number, values: readonly number[], dictionary: Dictionary): Cell {
  const dims = dimensionsOf(dictionary.text(numberOfDims));
  return day === UNTIMED ? { metric, dims, values } : { metric, day, dims, values };
}

/** Changes to cells, added up before each cell is read and written once. */
export class CellChanges {
  readonly #changes = new Map<string, { cell: NumberedCell; values: number[] }>();

  add(cell: NumberedCell, values: readonly number[], times: 1 | -1): void {
    const key = `${cell.metric},${cell.day},${cell.dims}`;
    const change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, { cell, values: values.map((value) => value * times) });
    else for (let i = 0; i < values.length; i++) change.values[i] = (change.values[i] ?? 0) + values[i]! * times;
  }

  /** Invariant 4: what is stored is the sum of the current contributions, so a cell that comes to nothing goes. */
  write(cells: Tables['cells']): void {
    for (const { cell, values } of this.#changes.values()) {
      if (values.every((value) => value === 0)) continue;
      const key = cellKey(cell);
      const stored = cells.getBinaryFast(key);
      const sums = stored === undefined ? values : added(readValues(stored), values);
      if (sums.every((value) => value === 0)) cells.removeSync(key);
      else cells.putSync(key, writtenValues(sums));
    }
  }
}

function added(a: number[], b: readonly number[]): number[] {
  for (let i = 0; i < b.length; i++) a[i] = (a[i] ?? 0) + b[i]!;
  return a;
}

/** Doubles hold every integer that JSON does. */
function readValues(bytes: Buffer): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length; at += 8) values.push(bytes.readDoubleLE(at));
  return values;
}

function writtenValues(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 8);
  for (let i = 0; i < values.length; i++) bytes.writeDoubleLE(values[i]!, i * 8);
  return bytes;
}
