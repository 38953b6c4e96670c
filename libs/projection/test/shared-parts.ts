import { expect } from '@jest/globals';
import { decideShare } from '../src/ownership/decide-share.ts';

export const REPLICAS = ['ada', 'ben', 'cay', 'dot', 'eli'] as const;

export interface Turn {
  readonly name: string;
  /** It sees the parts as they were before the round. */
  readonly isLate: boolean;
}

interface Standing {
  readonly revision: number;
  readonly owner: string | undefined;
}

interface Replica {
  isPaused: boolean;
  running: Set<number>;
  /** Rounds. */
  lastBeat: number;
}

/** In rounds. */
const LIFETIME = 3;

/** Some replicas that share parts, and what they can see of each other, without a clock: time goes by in rounds. */
export class SharedParts {
  /** Who is gone must be missed first, and who just came must have been there for a while; then they share out what there is. */
  static readonly SETTLED_AFTER = 2 * LIFETIME + 4;

  moves = 0;
  readonly #standings: Standing[];
  readonly #replicas = new Map<string, Replica>();
  readonly #heard = new Map<string, { since: number; last: number }>();
  #now = 0;

  constructor(parts: number) {
    this.#standings = Array.from({ length: parts }, () => ({ revision: -1, owner: undefined }));
  }

  get owners(): readonly (string | undefined)[] {
    return this.#standings.map(({ owner }) => owner);
  }

  get working(): readonly string[] {
    return [...this.#replicas].filter(([, { isPaused }]) => !isPaused).map(([name]) => name);
  }

  runs(name: string, part: number): boolean {
    return this.#replicas.get(name)!.running.has(part);
  }

  /** Anew, when it was there before. */
  start(name: string): void {
    const lastBeat = this.#replicas.get(name)?.lastBeat ?? Number.NEGATIVE_INFINITY;
    this.#replicas.set(name, { isPaused: false, running: new Set(), lastBeat });
  }

  leave(name: string): void {
    const replica = this.#replicas.get(name);
    if (!replica || replica.isPaused) return;
    this.#standings.forEach(({ revision, owner }, part) => {
      if (owner === name) this.#write(part, revision, undefined);
    });
    this.#replicas.delete(name);
    this.#heard.delete(name);
  }

  /** To the others, it is gone from here on. */
  pause(name: string): void {
    const replica = this.#replicas.get(name);
    if (replica) replica.isPaused = true;
  }

  resume(name: string): void {
    const replica = this.#replicas.get(name);
    if (replica) replica.isPaused = false;
  }

  /** The store of presence has lost everything. */
  forget(): void {
    this.#heard.clear();
  }

  round(turns: readonly Turn[]): void {
    this.#now++;
    const before = [...this.#standings];
    for (const { name, isLate } of turns) {
      const replica = this.#replicas.get(name);
      if (replica && !replica.isPaused) this.#turn(name, replica, isLate ? before : [...this.#standings]);
    }
  }

  #turn(me: string, replica: Replica, seen: readonly Standing[]): void {
    const { living, steady } = this.#beat(me);
    replica.lastBeat = this.#now;
    const running = new Set([...replica.running].filter((part) => seen[part]!.owner === me));
    const owners = seen.map(({ owner }) => owner);
    const { claim, release } = decideShare({ me, living, owners, running, mayTakeFromAbsent: steady });
    for (const part of release) {
      running.delete(part);
      this.#write(part, seen[part]!.revision, undefined);
    }
    for (const part of claim) if (this.#claim(me, part, seen[part]!)) running.add(part);
    replica.running = running;
  }

  #claim(me: string, part: number, { owner, revision }: Standing): boolean {
    const isMade = this.#write(part, revision, me);
    const owning = owner === undefined || owner === me ? undefined : this.#replicas.get(owner);
    if (isMade && owning) expect(this.#now - owning.lastBeat).toBeGreaterThanOrEqual(LIFETIME);
    return isMade;
  }

  #write(part: number, seen: number, owner: string | undefined): boolean {
    if (this.#standings[part]!.revision !== seen) return false;
    this.#standings[part] = { revision: seen + 1, owner };
    this.moves++;
    return true;
  }

  /** As the store of presence answers. */
  #beat(me: string): { living: readonly string[]; steady: boolean } {
    const own = this.#heard.get(me);
    const since = own && this.#now - own.last < LIFETIME / 2 ? own.since : this.#now;
    this.#heard.set(me, { since, last: this.#now });
    const living = [...this.#heard].filter(([, { last }]) => this.#now - last < LIFETIME).map(([name]) => name);
    return { living, steady: this.#now - since >= LIFETIME };
  }
}
