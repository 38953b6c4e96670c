/** What the threads of a build are given to do, and what they answer. All of it is plain data. */
import {
  START,
  type Day,
  type Position,
  type ProjectionDefinition,
  type Sample,
  type Tally,
} from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { Checkpoint, ViewStore } from '@throughline/read-model';
import type { Brake } from './brake.ts';

/** Ids that no longer count, in the order in which they were retracted, by the home whose they are. */
export type Gone = readonly (readonly [home: string, ids: readonly string[]])[];

/** Counts what is in the streams of some shards. */
export interface SurveyTask {
  readonly kind: 'survey';
  readonly upTo: Position;
  readonly shards: readonly number[];
}

export interface Surveyed {
  readonly tallies: readonly (readonly [shard: number, tally: Tally])[];
  readonly gone: Gone;
}

/** Folds some shards in one pass over the log, and writes them block by block once the stores have all decisions. */
export interface FoldTask {
  readonly kind: 'fold';
  readonly upTo: Position;
  readonly sample: Sample | undefined;
  /** The shards, as they are to be written together. */
  readonly blocks: readonly (readonly number[])[];
  /** Of homes in these shards. */
  readonly gone: Gone;
}

export interface Folded {
  /** Blocks for which there was no room. */
  readonly left: readonly (readonly number[])[];
  /** How much a touchpoint took up before it was written, bytes; undefined where there were none. */
  readonly weight: number | undefined;
}

/** Finishes the touched customers whose ids begin with one hex digit. */
export interface FinishTask {
  readonly kind: 'finish';
  readonly digit: number;
  /** The day they are finished for. */
  readonly day: Day;
  readonly ticked: boolean;
}

export type Task = SurveyTask | FoldTask | FinishTask;

export type ResultOf<T extends Task> = T extends SurveyTask ? Surveyed : T extends FoldTask ? Folded : undefined;

/** What was done since it was last said. */
export interface Done {
  readonly touchpoints?: number;
  readonly customers?: number;
  /** Folded and written. */
  readonly shards?: number;
  /** How far the customers of a digit have come, from 0 to 1. */
  readonly finished?: { readonly digit: number; readonly share: number };
}
export type Tell = (done: Done) => void;

/** What a thread works with. */
export interface Builder<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  readonly log: LogReader;
  /** The store of each part of the version. */
  readonly stores: readonly ViewStore[];
  readonly brake: Brake;
  readonly limits: BuildLimits;
  /** How large the heap is, where it is not to be asked. */
  readonly heapUsed?: () => number;
}

export interface BuildLimits {
  /** Events read at a time. */
  readonly batch: number;
  /** Touchpoints whose shards are written in one commit, about. */
  readonly block: number;
  /** Customers finished in one commit. */
  readonly slice: number;
  /** Rows of the membership written in one commit, about. */
  readonly membership: number;
  /** How large the heap of a thread may become, bytes. */
  readonly heap: number;
}

/** The checkpoint of a version as long as it is being built: nothing of it can be given to anybody. */
export const UNBUILT: Checkpoint = { position: START, day: undefined, ticked: false };
