import type { Parked } from '@throughline/read-model';

/** What a batch parks and what it releases. A touchpoint that one subject releases and another parks (a move) stays parked. */
export class ParkedChanges {
  readonly #parked = new Map<string, Parked>();
  readonly #released = new Set<string>();

  park(id: string, of: string, error: string): void {
    this.#parked.set(id, { id, stage: 'fold', of, error });
  }

  release(id: string): void {
    this.#released.add(id);
  }

  /** For the commit: undefined is released. */
  get all(): ReadonlyMap<string, Parked | undefined> {
    const all = new Map<string, Parked | undefined>();
    for (const id of this.#released) all.set(id, undefined);
    for (const [id, parked] of this.#parked) all.set(id, parked);
    return all;
  }
}
