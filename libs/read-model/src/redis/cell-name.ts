import type { Cell, Day } from '@throughline/contracts';
import { dimensionsOf, dimensionsText } from '../cell-sums.ts';

/** Below every day, for the cells that have none. */
const UNTIMED = 0;
const FIRST_DAY = -0x80000000;
const DIGITS = 8;

/** A cell's name: metric, day, dimensions. Cells of one metric stand together, by day, the untimed first. */
export function cellName({ metric, day, dims }: Pick<Cell, 'metric' | 'day' | 'dims'>): string {
  return cellPrefix(metric, day) + dimensionsText(dims);
}

/** What the names of all cells of a metric and a day begin with. */
export function cellPrefix(metric: string, day: Day | undefined): string {
  const number = day === undefined ? UNTIMED : day - FIRST_DAY + 1;
  // The length keeps a metric from being the beginning of another.
  return `${metric.length}:${metric}:${number.toString(16).padStart(DIGITS, '0')}`;
}

/** The metric in a cell's name. */
export function metricOf(name: string): string {
  const start = name.indexOf(':') + 1;
  return name.slice(start, start + Number.parseInt(name, 10));
}

export function readCell(name: string, metric: string, values: readonly number[]): Cell {
  const at = cellPrefix(metric, undefined).length;
  const number = Number.parseInt(name.slice(at - DIGITS, at), 16);
  const dims = dimensionsOf(name.slice(at));
  return number === UNTIMED ? { metric, dims, values } : { metric, day: number + FIRST_DAY - 1, dims, values };
}
