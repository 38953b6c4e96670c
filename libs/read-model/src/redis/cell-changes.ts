import { pack } from './codec.ts';
import { TABLE } from './view-shard.ts';
import type { WriteSet } from './write-set.ts';

/** Changes to cells, added up before the server adds each to what is stored. */
export class CellChanges {
  readonly #changes = new Map<string, number[]>();

  add(name: string, values: readonly number[], times: 1 | -1 = 1): void {
    const sum = this.#changes.get(name);
    if (sum === undefined) {
      this.#changes.set(
        name,
        values.map((value) => value * times),
      );
    } else {
      for (let i = 0; i < values.length; i++) sum[i] = (sum[i] ?? 0) + values[i]! * times;
    }
  }

  /** Those that come to something. Invariant 4: what is stored is the sum of the current contributions. */
  write(writes: WriteSet): void {
    for (const [name, values] of this.#changes) {
      if (values.some((value) => value !== 0)) writes.sum(TABLE.cells, TABLE.cellOrder, name, pack(values));
    }
  }
}
