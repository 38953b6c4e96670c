/** What the platform answers about versions of projections and their replays, as far as the command line reads it. */
import type { ComparisonReport, Position, Sample } from '@throughline/contracts';

/** Definitions by name. */
export type DocumentsAnswer = Readonly<
  Record<string, { readonly name?: string; readonly version?: number; readonly shipped: boolean }>
>;

export interface Started {
  readonly replay: string;
  readonly version: string;
  readonly position: Position;
}

export interface Given {
  readonly version: string;
  readonly position: Position;
}

export type ReplayState = 'building' | 'paused' | 'failed' | 'built' | 'promoted' | 'cancelled' | 'retired';

export interface ReplayAnswer {
  readonly errors: readonly { readonly code: string; readonly detail: string }[];
  readonly parked: number;
  readonly replay: string;
  readonly projection: string;
  readonly version: string;
  readonly state: ReplayState;
  readonly documents: DocumentsAnswer;
  readonly sample?: Sample;
  /** Absent while its builder has said nothing. */
  readonly progress?: Partial<Building>;
  /** Identity counts neither customers nor touchpoints. */
  readonly built?: { readonly customers?: number; readonly touchpoints?: number; readonly seconds: number };
}

/** What a builder says. */
export interface Building {
  readonly stage: string;
  readonly done: number;
  readonly of: number;
  /** A second. */
  readonly rate: number;
  readonly secondsLeft: number;
  /** Whether it gives way to the live version. */
  readonly resting: boolean;
}

/** Newest first. */
export interface ReplaysAnswer {
  readonly projection: string;
  readonly items: readonly ReplayAnswer[];
}

export interface VersionsAnswer {
  readonly projection: string;
  readonly live: string;
  /** Of identity, while views are still read by another version. */
  readonly goingOver?: { readonly to: string; readonly awaits: readonly string[] };
  /** Those that are kept, the live one first. */
  readonly items: readonly KeptAnswer[];
  /** What readers were given, oldest first. */
  readonly reigns: readonly ReignAnswer[];
}

export interface KeptAnswer {
  readonly version: string;
  readonly role: 'live' | 'previous' | 'candidate';
  readonly documents: DocumentsAnswer;
  readonly replay: string | null;
  readonly bytes: number | null;
}

export interface ReignAnswer {
  /** Null for the shipped definitions of before any promotion. */
  readonly version: string | null;
  readonly documents: DocumentsAnswer;
  readonly from: string | null;
  readonly until: string | null;
  readonly by: 'shipped' | 'promotion' | 'rollback';
  readonly author: string | null;
  readonly reason: string | null;
}

export interface DiffAsked {
  readonly diff: string;
}

export interface DiffAnswer {
  readonly diff: string;
  readonly from: string;
  readonly to: string;
  readonly state: 'comparing' | 'made' | 'failed';
  /** A code of the catalogue of problems. */
  readonly failed?: string;
  readonly report?: ComparisonReport;
}

/** What a replay would cost; each figure with where it is from, in a sentence. */
export interface EstimateAnswer {
  readonly projection: string;
  readonly workers: number;
  readonly sample?: Sample;
  readonly touchpoints: Estimated<number>;
  readonly seconds: Estimated<number>;
  readonly bytes: Estimated<number | null>;
}

interface Estimated<T> {
  readonly value: T;
  readonly how: string;
}
