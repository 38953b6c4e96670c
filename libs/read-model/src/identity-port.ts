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
  /** What was decided by: a graph made by other rules cannot be gone on with. */
  readonly rules: string;
}

/** Identity as others see it. */
export interface IdentityReader {
  progress(): Promise<IdentityProgress>;
  /** The evidence and the answer. What is read of it without waiting in between is of one commit. */
  readonly graph: IdentityGraph;
  close(): Promise<void>;
}

/** Identity's own memory: derived from the log, and rebuilt from there when it is missing. */
export interface IdentityStore extends IdentityReader {
  /** Undefined when nothing was ever committed. */
  checkpoint(): Promise<IdentityCheckpoint | undefined>;
  /** Graph and checkpoint become visible together. */
  commit(changes: GraphChanges, checkpoint: IdentityCheckpoint): Promise<void>;
  /** Forgets everything, to begin anew. */
  clear(): Promise<void>;
}
