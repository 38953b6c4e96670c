import type { FieldDiff } from '@throughline/contracts';
import { Histogram } from './histogram.ts';

/** So many different changes are counted apart; of more, those that are alike in their first three digits are one. */
const MOST_DIFFERENT = 10_000;
const DIGITS = 3;
/** Half a unit of the third digit, of the least number that has three. */
const ROUNDED_WITHIN = 0.005;

/** By how much a field of numbers changes, over many customers, in bounded memory. */
export class NumberChanges {
  #n = 0;
  #same = 0;
  readonly #sum = new Sum();
  readonly #absolute = new Sum();
  readonly #histogram = new Histogram();
  #least = Infinity;
  #greatest = -Infinity;
  /** How many changed by how much. */
  #counts = new Map<number, number>();
  #isRounded = false;

  add(from: number, to: number): number {
    const change = changeOf(from, to);
    this.#n++;
    this.#least = Math.min(this.#least, change);
    this.#greatest = Math.max(this.#greatest, change);
    if (change === 0) {
      this.#same++;
      return change;
    }
    this.#sum.add(change);
    this.#absolute.add(Math.abs(change));
    this.#histogram.add(change);
    this.#count(change, 1);
    if (this.#counts.size > MOST_DIFFERENT && !this.#isRounded) this.#round();
    return change;
  }

  change(): FieldDiff['change'] {
    if (this.#n === 0) return undefined;
    return {
      mean: this.#sum.value / this.#n,
      meanAbsolute: this.#absolute.value / this.#n,
      least: this.#least,
      median: this.#median(),
      ...(this.#isRounded && { medianWithin: ROUNDED_WITHIN }),
      greatest: this.#greatest,
      histogram: this.#histogram.bars(),
    };
  }

  #count(change: number, n: number): void {
    const counted = this.#isRounded ? Number(change.toPrecision(DIGITS)) : change;
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + n);
  }

  /** Rounding keeps the order, so the middle one stays the middle one. */
  #round(): void {
    const exact = this.#counts;
    this.#counts = new Map();
    this.#isRounded = true;
    for (const [change, n] of exact) this.#count(change, n);
  }

  /** The middle one; of an even number the mean of the two in the middle. */
  #median(): number {
    const counts = [...this.#counts, [0, this.#same] as const].sort(([a], [b]) => a - b);
    const at = (rank: number) => {
      let before = 0;
      for (const [change, n] of counts) if (rank < (before += n)) return change;
      throw new Error(`There is no change of rank ${rank}.`);
    };
    return (at(Math.floor((this.#n - 1) / 2)) + at(Math.floor(this.#n / 2))) / 2;
  }
}

/** 0.3 − 0.1 is 0.2 to people: what binary fractions leave over is cut off. Never −0. */
export function changeOf(from: number, to: number): number {
  const change = to - from;
  return Number.isInteger(change) ? change : Number(change.toPrecision(12));
}

/** A sum that keeps what each addition rounds off (Neumaier): exact to the last digit for whatever is summed up here. */
class Sum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}
