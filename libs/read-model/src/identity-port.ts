import type { GraphChanges, IdentityGraph, Position } from '@throughline/contracts';

/** How far identity has come. */
export interface IdentityProgress {
  /** Every touchpoint and request at or before it is decided, and the decisions are in the log. */
  readonly through: Position;
  /** Of the last decision in the log: a view that has folded up to it shows everything that `through` promises. */
  readonly lastDecision: Position;
}

/** Where identity goes on after a restart. */
export interface IdentityCheckpoint extends IdentityProgress {
  /** Of the last decision in its stream; `NO_STREAM` before the first. */
  readonly revision: number;
  /** Of which log its positions are (`originOf`). */
  readonly log?: string | undefined;
  /** What was decided by: a graph made by other rules cannot be gone on with. */
  readonly rules: string;
}

/** Identity as others see it. */
export interface IdentityReader {
  progress(): Promise<IdentityProgress>;
  /**
   * What a question to the evidence and the answer comes to, all of one commit. It only reads and keeps nothing: where the
   * graph is a network away it may be put several times, until all it looks at is at hand.
   */
  ask<T>(question: (graph: IdentityGraph) => T): Promise<T>;
  close(): Promise<void>;
}

/** Identity's own memory: derived from the log, and rebuilt from there when it is missing. */
export interface IdentityStore extends IdentityReader {
  /** What is read of it without waiting in between is of one commit. */
  readonly graph: IdentityGraph;
  /** Undefined when nothing was ever committed. */
  checkpoint(): Promise<IdentityCheckpoint | undefined>;
  /** Everything there is, as changes to an empty graph, in parts of bounded size. For while nothing is committed. */
  everything(): Iterable<GraphChanges>;
  /** Graph and checkpoint become visible together. */
  commit(changes: GraphChanges, checkpoint: IdentityCheckpoint): Promise<void>;
  /** Forgets everything, to begin anew. */
  clear(): Promise<void>;
}
