/**
 * What this process knows of the log beyond its mirror: the events that it appended itself, or met when it was refused, and
 * that the mirror does not have yet.
 */
import { START, type Position } from '@throughline/contracts';
import type { EventHome } from '../port.ts';

/** Where an event stands. The answer to an append names the position of its last event only. */
export interface KnownHome {
  readonly stream: string;
  readonly revision: number;
  /** Undefined for an event that was not the last of its append. */
  readonly position: Position | undefined;
}

interface Entry {
  readonly id: string;
  readonly home: KnownHome;
  /** A mirror that has come so far has the event. */
  readonly through: Position;
}

/** Revisions of a stream that are known without a gap. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export class KnownEvents {
  readonly #homes = new Map<string, KnownHome>();
  readonly #spans = new Map<string, Span>();
  /** In the order in which they became known. */
  #queue: Entry[] = [];
  /** Of the queue, what was forgotten. */
  #forgotten = 0;
  #newest = START;
  #held = 0;

  get size(): number {
    return this.#homes.size;
  }

  /** The last position that is known, `START` for none. */
  get newest(): Position {
    return this.#newest;
  }

  add(id: string, home: EventHome): void {
    this.#note({ id: id.toLowerCase(), home, through: home.position });
  }

  /** Events that were appended together, the last of which stands at a place. */
  addTogether(ids: readonly string[], last: EventHome): void {
    const first = last.revision - ids.length + 1;
    for (const [i, id] of ids.entries()) {
      const home = i === ids.length - 1 ? last : { stream: last.stream, revision: first + i, position: undefined };
      this.#note({ id: id.toLowerCase(), home, through: last.position });
    }
  }

  homeOf(id: string): KnownHome | undefined {
    return this.#homes.get(id.toLowerCase());
  }

  /** Up to which revision a stream is known, when the mirror knows it up to this one. */
  knownRevision(stream: string, mirrored: number): number {
    const span = this.#spans.get(stream);
    return span !== undefined && span.from <= mirrored + 1 ? Math.max(mirrored, span.to) : mirrored;
  }

  /** Forgets nothing while the work is done: it asks the mirror first, which may have less than is forgotten later. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work();
    } finally {
      this.#held--;
    }
  }

  /** Forgets, from the oldest on, what the mirror has by now. */
  forgetThrough(mirrored: Position): void {
    if (this.#held > 0) return;
    while (this.#forgotten < this.#queue.length) {
      const { id, home, through } = this.#queue[this.#forgotten]!;
      if (through > mirrored) break;
      this.#forgotten++;
      if (this.#homes.get(id) === home) this.#homes.delete(id);
      if (this.#spans.get(home.stream)?.to === home.revision) this.#spans.delete(home.stream);
    }
    if (this.#forgotten === this.#queue.length || this.#forgotten > 10_000) {
      this.#queue = this.#queue.slice(this.#forgotten);
      this.#forgotten = 0;
    }
  }
  #note(entry: Entry): void {
    const { id, home, through } = entry;
    this.#homes.set(id, home);
    this.#queue.push(entry);
    if (through > this.#newest) this.#newest = through;
    const span = this.#spans.get(home.stream);
    const joins = span !== undefined && span.from - 1 <= home.revision && home.revision <= span.to + 1;
    this.#spans.set(home.stream, {
      from: joins ? Math.min(span.from, home.revision) : home.revision,
      to: joins ? Math.max(span.to, home.revision) : home.revision,
    });
  }
}
