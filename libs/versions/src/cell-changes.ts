import { dayToText, type Cell, type MetricDiff } from '@throughline/contracts';
import { Best, byText } from './best.ts';
import { MOST_LISTED } from './field-changes.ts';

/** One cell in both versions. */
interface Sums {
  readonly key: string;
  readonly cell: Cell;
  readonly before: number[];
  readonly after: number[];
}

/** How cells change. They come in pieces (of parts, of shards), so they are told apart only when all have come: memory grows with the cells there are. */
export class CellChanges {
  readonly #metrics = new Map<string, Map<string, Sums>>();

  addBefore(cell: Cell): void {
    addUp(this.#sums(cell).before, cell.values);
  }

  addAfter(cell: Cell): void {
    addUp(this.#sums(cell).after, cell.values);
  }

  /** Those that have cells. */
  get metrics(): readonly string[] {
    return [...this.#metrics]
      .filter(([, cells]) => [...cells.values()].some(isThere))
      .map(([metric]) => metric)
      .sort(byText);
  }

  /** @param most The longest list in it. */
  diffs(most: number): readonly MetricDiff[] {
    return this.metrics
      .map((metric) => diffOf(metric, this.#metrics.get(metric)!, most))
      .filter(({ changed }) => changed > 0);
  }

  #sums(cell: Cell): Sums {
    let cells = this.#metrics.get(cell.metric);
    if (!cells) this.#metrics.set(cell.metric, (cells = new Map()));
    const key = keyOf(cell);
    let sums = cells.get(key);
    if (!sums) cells.set(key, (sums = { key, cell, before: [], after: [] }));
    return sums;
  }
}

function diffOf(metric: string, sums: ReadonlyMap<string, Sums>, most: number): MetricDiff {
  const best = new Best<Sums & { readonly by: number }>(MOST_LISTED, (a, b) => b.by - a.by || byText(a.key, b.key));
  let [cells, changed] = [0, 0];
  for (const each of sums.values()) {
    if (!isThere(each)) continue;
    cells++;
    const by = differenceOf(each);
    if (by === 0) continue;
    changed++;
    best.add({ ...each, by });
  }
  const shown = best.first(most).map(({ cell: { day, dims }, before, after }) => ({
    ...(day !== undefined && { day: dayToText(day) }),
    dims,
    from: before,
    to: after,
  }));
  return { metric, cells, changed, most: shown };
}

function keyOf({ day, dims }: Cell): string {
  const names = Object.keys(dims).sort(byText);
  return JSON.stringify([day ?? null, ...names.flatMap((name) => [name, dims[name]!])]);
}

function addUp(sums: number[], values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) sums[i] = (sums[i] ?? 0) + values[i]!;
}

/** A cell that comes to nothing is none. */
function isThere({ before, after }: Sums): boolean {
  return before.some((sum) => sum !== 0) || after.some((sum) => sum !== 0);
}

function differenceOf({ before, after }: Sums): number {
  let greatest = 0;
  for (let i = 0; i < Math.max(before.length, after.length); i++)
    greatest = Math.max(greatest, Math.abs((after[i] ?? 0) - (before[i] ?? 0)));
  return greatest;
}
