import type { Cell, Day } from '@throughline/contracts';

const BETWEEN = '\u0001';
/** Begins a text whose names or values hold the separator themselves. */
const QUOTED = '\u0002';

/** The one text of a set of dimension values, whatever the order they are named in; absent ones leave no trace. */
export function dimensionsText(dims: Cell['dims']): string {
  const names = Object.keys(dims);
  if (names.length > 1) names.sort();
  let text = '';
  for (const name of names) {
    const value: string | undefined = dims[name];
    if (value === undefined) continue;
    if (name.startsWith(QUOTED) || name.includes(BETWEEN) || value.includes(BETWEEN)) {
      return QUOTED + JSON.stringify(pairsOf(dims, names));
    }
    text += name + BETWEEN + value + BETWEEN;
  }
  return text;
}

/** What `dimensionsText` was made of. */
export function dimensionsOf(text: string): Cell['dims'] {
  const pairs = text.startsWith(QUOTED) ? (JSON.parse(text.slice(1)) as string[]) : text.split(BETWEEN);
  const dims: Record<string, string> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) dims[pairs[i]!] = pairs[i + 1]!;
  return dims;
}

function pairsOf(dims: Cell['dims'], names: readonly string[]): string[] {
  return names.flatMap((name) => (dims[name] === undefined ? [] : [name, dims[name]]));
}

/** Cells added up in memory: one entry a (metric, day, dimensions). */
export class CellSums {
  readonly #sums = new Map<string, { metric: string; day?: Day; dims: Cell['dims']; values: number[] }>();

  /** Adds the cells `times` over; −1 takes them out again. */
  add(cells: Iterable<Cell>, times: 1 | -1 = 1): void {
    for (const cell of cells) {
      const key = `${cell.metric}\n${cell.day ?? ''}\n${dimensionsText(cell.dims)}`;
      const sum = this.#sums.get(key);
      if (sum === undefined) this.#sums.set(key, { ...cell, values: cell.values.map((value) => value * times) });
      else for (let i = 0; i < cell.values.length; i++) sum.values[i] = (sum.values[i] ?? 0) + cell.values[i]! * times;
    }
  }

  /** All cells that came to something. */
  *[Symbol.iterator](): IterableIterator<Cell> {
    for (const sum of this.#sums.values()) if (sum.values.some((value) => value !== 0)) yield sum;
  }
}
