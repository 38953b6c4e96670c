import type { FieldDiff } from '@throughline/contracts';

type Bar = NonNullable<FieldDiff['change']>['histogram'][number];

const STEPS = [1, 2, 5];
/** Bars a side, three to a decade. */
const MOST_BARS = 9;
/** Whatever is less than this is one bar. */
const LEAST_DECADE = -6;
const LEAST = STEPS.length * LEAST_DECADE;

/** Counts of changes by size and direction, between bounds that people like: 1, 2, 5, 10, 20, 50 and so on, up and down. */
export class Histogram {
  /** By the index of a bar's bound next to nought. */
  readonly #up = new Map<number, number>();
  readonly #down = new Map<number, number>();

  /** @param change Not 0. */
  add(change: number): void {
    const side = change > 0 ? this.#up : this.#down;
    const bar = barOf(Math.abs(change));
    side.set(bar, (side.get(bar) ?? 0) + 1);
  }

  /** From the least change to the greatest; of a wide range the smallest changes are one bar, which begins at nought. */
  bars(): readonly Bar[] {
    const used = [...this.#up.keys(), ...this.#down.keys()];
    if (used.length === 0) return [];
    const least = Math.min(...used);
    const lowest = Math.max(least, Math.max(...used) - MOST_BARS + 1);
    const near = (bar: number) => (bar === lowest && least < lowest ? 0 : boundOf(bar));
    const side = (counts: ReadonlyMap<number, number>) => {
      const bars: { near: number; far: number; n: number }[] = [];
      if (counts.size === 0) return bars;
      for (let bar = lowest; bar <= Math.max(lowest, ...counts.keys()); bar++)
        bars.push({ near: near(bar), far: boundOf(bar + 1), n: counts.get(bar) ?? 0 });
      for (const [bar, n] of counts) if (bar < lowest) bars[0]!.n += n;
      return bars;
    };
    return [
      // Never −0, which no JSON can keep.
      ...side(this.#down)
        .map(({ near, far, n }) => ({ from: -far, to: 0 - near, n }))
        .reverse(),
      ...side(this.#up).map(({ near, far, n }) => ({ from: near, to: far, n })),
    ];
  }
}

function barOf(size: number): number {
  // The logarithm may be off by a hair: the neighbours are looked at, too.
  let bar = Math.max(LEAST - 1, STEPS.length * Math.floor(Math.log10(size)) - 1);
  while (boundOf(bar + 1) <= size) bar++;
  return bar;
}

/** Written as people write it, so that it is the very number: 0.2, and not 2 · 0.1. */
function boundOf(bar: number): number {
  if (bar < LEAST) return 0;
  const decade = Math.floor(bar / STEPS.length);
  return Number(`${STEPS[bar - STEPS.length * decade]}e${decade}`);
}
