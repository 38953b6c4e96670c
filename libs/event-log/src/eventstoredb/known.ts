/**
 * What this process knows of the log beyond its mirror: the events that it appended itself, or met when it was refused, and
 * that the mirror does not have yet.
 */
import { START, type Position } from '@throughline/contracts';
import type { EventHome } from '../port.ts';

/** Revisions of a stream that are known without a gap. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export class KnownEvents {
  readonly #homes = new Map<string, EventHome>();
  readonly #spans = new Map<string, Span>();
  /** In the order in which they became known. */
  #queue: { readonly id: string; readonly home: EventHome }[] = [];
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
    const key = id.toLowerCase();
    this.#homes.set(key, home);
    this.#queue.push({ id: key, home });
    if (home.position > this.#newest) this.#newest = home.position;
    const span = this.#spans.get(home.stream);
    const joins = span !== undefined && span.from - 1 <= home.revision && home.revision <= span.to + 1;
    this.#spans.set(home.stream, {
      from: joins ? Math.min(span.from, home.revision) : home.revision,
      to: joins ? Math.max(span.to, home.revision) : home.revision,
    });
  }

  homeOf(id: string): EventHome | undefined {
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
      const { id, home } = this.#queue[this.#forgotten]!;
      if (home.position > mirrored) break;
      this.#forgotten++;
      if (this.#homes.get(id) === home) this.#homes.delete(id);
      if (this.#spans.get(home.stream)?.to === home.revision) this.#spans.delete(home.stream);
    }
    if (this.#forgotten === this.#queue.length || this.#forgotten > 10_000) {
      this.#queue = this.#queue.slice(this.#forgotten);
      this.#forgotten = 0;
    }
  }
}
