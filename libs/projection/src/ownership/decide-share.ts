/** What a replica knows of the parts that it shares with others. */
export interface Sight {
  readonly me: string;
  /** This one among them. */
  readonly living: readonly string[];
  /** By part, from 0: the replica that owns it, undefined when nobody does. */
  readonly owners: readonly (string | undefined)[];
  /** The parts that run here. */
  readonly running: ReadonlySet<number>;
  /** Whether who is not among the living is known to be gone. */
  readonly mayTakeFromAbsent: boolean;
}

/** What a replica does now. */
export interface Moves {
  readonly claim: readonly number[];
  readonly release: readonly number[];
}

/**
 * Decides what one replica claims and releases, so that all parts run and each replica has as many as any other, but for one.
 *
 * Each decides for itself, and all by the same rule: those who own most already stand first, are the ones to have the odd part
 * more, and are dealt what is free before the others. So replicas that see the same claim different parts, and nothing moves that
 * need not. What is its own and does not run here is left of an earlier run: claimed again, a new token fences that one off.
 */
export function decideShare({ me, living, owners, running, mayTakeFromAbsent }: Sight): Moves {
  const counts = new Map(living.map((name) => [name, owners.filter((owner) => owner === name).length]));
  const ranked = [...living].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  const least = Math.floor(owners.length / ranked.length);
  const targetOf = (rank: number) => least + (rank < owners.length % ranked.length ? 1 : 0);
  const indexes = owners.map((_, index) => index);

  const isRunning = (index: number) => running.has(index);
  const isIdle = (index: number) => !running.has(index);
  const own = indexes.filter((index) => owners[index] === me);
  const kept = [...own.filter(isRunning), ...own.filter(isIdle)];
  const release = kept.splice(targetOf(ranked.indexOf(me)));

  const unowned = indexes.filter((index) => owners[index] === undefined);
  const orphaned = indexes.filter((index) => owners[index] !== undefined && !counts.has(owners[index]!));
  const free = [...unowned, ...(mayTakeFromAbsent ? orphaned : [])];
  let claim = kept.filter(isIdle);
  for (const [rank, name] of ranked.entries()) {
    const dealt = free.splice(0, Math.max(0, targetOf(rank) - counts.get(name)!));
    if (name === me) claim = [...claim, ...dealt];
  }
  return { claim, release };
}
