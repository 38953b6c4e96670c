import type { Tally } from '@throughline/contracts';
import { SHARDS } from './shards.ts';

/** By shard. */
export type Tallies = ReadonlyMap<number, Tally>;

/** Shards that are written together, ascending. */
export type BlockPlan = readonly number[];

/**
 * Puts shards together to blocks of about so many touchpoints, so that a cell is written once a block and not once a shard. No block lies in
 * two parts of a version.
 */
export function blocksOf(shards: readonly number[], tallies: Tallies, touchpoints: number, parts: number): BlockPlan[] {
  const blocks: number[][] = [];
  const partOfShard = (shard: number) => Math.floor((shard * parts) / SHARDS);
  let held = 0;
  for (const shard of shards) {
    const more = touchpointsOf([shard], tallies);
    const last = blocks.at(-1);
    if (last && held + more <= touchpoints && partOfShard(last[0]!) === partOfShard(shard)) {
      last.push(shard);
      held += more;
    } else {
      blocks.push([shard]);
      held = more;
    }
  }
  return blocks;
}

export function touchpointsOf(shards: readonly number[], tallies: Tallies): number {
  return shards.reduce((sum, shard) => sum + (tallies.get(shard)?.touchpoints ?? 0), 0);
}

/**
 * Which blocks are folded in one pass: as many as have room in memory, and no more than each of the workers has its share of what was left when
 * their round of passes began, so that they end together.
 */
export class Passes {
  readonly #tallies: Tallies;
  readonly #workers: number;
  readonly #heap: number;
  #blocks: BlockPlan[];
  #weight: number;
  #isWeighed = false;
  #round = { share: 0, passes: 0 };

  /** @param heap Bytes that what is folded may take up. @param weight Bytes of a touchpoint that was folded, as far as can be told beforehand. */
  constructor(
    blocks: readonly BlockPlan[],
    options: { tallies: Tallies; workers: number; heap: number; weight: number },
  ) {
    const { tallies, workers, heap, weight } = options;
    this.#blocks = [...blocks];
    this.#tallies = tallies;
    this.#workers = workers;
    this.#heap = heap;
    this.#weight = weight;
  }

  /** The blocks of the next pass; undefined when none are left. */
  next(): BlockPlan[] | undefined {
    if (this.#blocks.length === 0) return undefined;
    if (this.#round.passes === 0) {
      const share = Math.max(1, Math.ceil(touchpointsOf(this.#blocks.flat(), this.#tallies) / this.#workers));
      this.#round = { share, passes: this.#workers };
    }
    this.#round.passes--;
    const { share } = this.#round;
    const room = Math.max(1, this.#heap / this.#weight);
    const most = share / Math.ceil(share / room);
    let held = 0;
    let n = 0;
    while (n < this.#blocks.length) {
      const more = touchpointsOf(this.#blocks[n]!, this.#tallies);
      // A block too many by less than half of it is taken along, where there is room: the shares are not cut to the touchpoint.
      if (n > 0 && (held + more / 2 > most || held + more > room)) break;
      held += more;
      n++;
    }
    return this.#blocks.splice(0, n);
  }

  /**
   * What came of a pass: what was left of it is done later, and what it weighed says how much the next may hold. Of several the heaviest
   * counts: shards are alike, and what is weighed on a heap that is not swept yet is too light.
   */
  done(left: readonly BlockPlan[], weight: number | undefined): void {
    this.#blocks = [...this.#blocks, ...left];
    if (weight === undefined || weight <= 0) return;
    this.#weight = this.#isWeighed ? Math.max(weight, this.#weight) : weight;
    this.#isWeighed = true;
  }
}
