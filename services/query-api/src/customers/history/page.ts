import type { HistoryEntry } from './history.ts';

/** A place on a timeline, newest first: by when it happened, then by id. */
export interface Moment {
  readonly occurredAt: number;
  readonly id: string;
}

/** Negative when `a` stands above `b`. */
export function newestFirst(a: Moment, b: Moment): number {
  return b.occurredAt - a.occurredAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** Keeps the newest of all that it is shown, and no more than it has room for: a page of a history of any length. */
export class NewestPage {
  readonly #room: number;
  readonly #below: Moment | undefined;
  readonly #entries: HistoryEntry[] = [];

  /** @param below Only what stands below it on the timeline has a place. */
  constructor(room: number, below: Moment | undefined) {
    this.#room = room;
    this.#below = below;
  }

  /** Whether the moment has a place here, by what has been shown so far. */
  wants(moment: Moment): boolean {
    if (this.#below && newestFirst(moment, this.#below) <= 0) return false;
    const last = this.#entries.at(-1);
    return this.#entries.length < this.#room || (last !== undefined && newestFirst(moment, last.event) < 0);
  }

  add(entry: HistoryEntry): void {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (newestFirst(this.#entries[middle]!.event, entry.event) < 0) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    if (this.#entries.length > this.#room) this.#entries.pop();
  }

  /** Newest first. */
  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }
}
