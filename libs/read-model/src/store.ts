/**
 * The writing side of one version of one projection: what the engine reads before it decides, and the one commit in which
 * it writes. Reads are in bulk, since an adapter may be a network away; a reading of a thing that is not there is undefined.
 */
import {
  START,
  type Cell,
  type CustomerChange,
  type Day,
  type JsonValue,
  type Key,
  type Position,
  type Tally,
} from '@throughline/contracts';
import type { Move } from './move.ts';
import type { Parked } from './parked.ts';
import type { Contribution, Progress } from './port.ts';

/** All that is kept of one subject: one read, one write. A row with nothing in it is not kept. */
export interface SubjectRow<F> {
  /** Type of the subject's key: empty while unknown, undefined for the home of a touchpoint about nobody known. */
  readonly type?: string;
  /** Absent while no touchpoint counts. */
  readonly fragment?: F;
  /** Ids that no longer count, whether or not the touchpoint has been seen yet. */
  readonly retracted?: readonly string[];
  /** Ids of touchpoints that belong to the subject and that `apply` or `eventCells` could not take. */
  readonly parked?: readonly string[];
  /** Ids of touchpoints of its own stream that `eventCells` could not take, wherever they were moved to: no cell counts them. */
  readonly uncounted?: readonly string[];
}

/** Ids of subjects or customers: `from` ≤ id < `below`, as text; absent for no bound. Bounds are hex digits, some or all of an id's. */
export interface IdRange {
  readonly from?: string;
  readonly below?: string;
}

/** How far the subject stage has come. */
export interface Checkpoint {
  readonly position: Position;
  /** The day that `view` is asked for. Undefined before the first event. */
  readonly day: Day | undefined;
  /** Of which log it is a position (`originOf`). Undefined before the first event. */
  readonly log?: string;
  /** Whether a tick has set the day; before the first one it is the UTC day on which the log recorded its first event. */
  readonly ticked: boolean;
  /** What was folded up to here, of this part's own subjects. Undefined before the first touchpoint. */
  readonly tally?: Tally;
}

/** Of a version into which nothing has been written. */
export const NO_CHECKPOINT: Checkpoint = { position: START, day: undefined, ticked: false };

/** A contribution as the customer stage hands it over; one that failed is empty, and says where. */
export type Finished = Contribution & { readonly failed?: string };

/** A change in the outbox. */
export interface WaitingChange {
  /** Its place: changes are told in this order. */
  readonly sequence: number;
  readonly change: CustomerChange;
}

/** One commit. Everything in it becomes visible together, or nothing does; what is left out stays as it is. */
export interface ViewChanges<F> {
  readonly checkpoint: Checkpoint;
  /** No customer is left to finish: the checkpoint becomes what readers are told (`Progress`). */
  readonly settled: boolean;
  /** Undefined removes the row. */
  readonly subjects?: ReadonlyMap<string, SubjectRow<F> | undefined>;
  /** Added to the stored cells; a cell that comes to nothing is removed. */
  readonly cells?: Iterable<Cell>;
  /** Keys and the customer each now stands with. */
  readonly standing?: ReadonlyMap<string, string | undefined>;
  /** Customers and all keys that stand with each. */
  readonly members?: ReadonlyMap<string, readonly Key[] | undefined>;
  /** By the request's id; undefined: undone. */
  readonly moves?: ReadonlyMap<string, Move | undefined>;
  /** Parked touchpoints by id; undefined: no longer parked. */
  readonly parked?: ReadonlyMap<string, Parked | undefined>;
  /** Customers that wait for the customer stage from here on, and those that do no longer. */
  readonly touched?: Iterable<string>;
  readonly finished?: Iterable<string>;
  /** Replaces each customer's one contribution: old cells and index entries out, new ones in. Undefined: it has none. */
  readonly contributions?: ReadonlyMap<string, Finished | undefined>;
  /** Customers of other parts that this commit touched: they wait here for the writers of those. Only in a store of one part of several. */
  readonly handed?: {
    /** Everything at or before it shows already: what readers are told while one of these waits. */
    readonly since: Position;
    readonly customers: Iterable<string>;
  };
  /** What a replay notes of its progress, by name; undefined: no longer. */
  readonly marks?: ReadonlyMap<string, JsonValue | undefined>;
  /**
   * Present: what `contributions` change is put into the outbox, for channels to be told; absent: nobody is to be told.
   * `into`: with whom customers that are gone now stand.
   */
  readonly tells?: { readonly into: ReadonlyMap<string, string> };
}

export interface ViewStore {
  readonly projection: string;
  readonly version: string;
  /** Whether readers who ask for the projection are given this version; of a promotion by another part's writer it hears a second later. */
  readonly promoted: boolean;
  /** Gives readers this version from here on. Others stay until they are removed (`VersionShelf`). */
  promote(): Promise<void>;
  checkpoint(): Promise<Checkpoint>;
  /** What readers are told. */
  progress(): Promise<Progress>;
  subjects<F>(subjects: readonly string[]): Promise<readonly (SubjectRow<F> | undefined)[]>;
  /** The customer a decision put each key with; undefined where none did. */
  standing(keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** The keys that decisions put with each customer; undefined where none ever did. */
  members(customers: readonly string[]): Promise<readonly (readonly Key[] | undefined)[]>;
  /** All moves in force, by the id of the request, in the order of the requests. */
  moves(): Promise<ReadonlyMap<string, Move>>;
  /** Customers that wait for the customer stage, in the order of their ids, at most `limit`; of a range only, where one is given. */
  touched(limit: number, range?: IdRange): Promise<readonly string[]>;
  /** What a replay noted, by name. */
  marks(): Promise<ReadonlyMap<string, JsonValue>>;
  /** Customers whose `nextChange` is at or before the day, at most `limit`. */
  due(day: Day, limit: number): Promise<readonly string[]>;
  /** How many touchpoints and customers are parked. */
  parkedCount(): Promise<number>;
  /**
   * Atomic and fenced: refused once another writer has opened the same version, so a zombie cannot write over its successor.
   *
   * @throws ThroughlineError `view-taken-over`; nothing was written.
   */
  commit<F>(changes: ViewChanges<F>): Promise<void>;
  /** The changes that wait in the outbox, first the oldest, at most `limit`. */
  waiting(limit: number): Promise<readonly WaitingChange[]>;
  waitingCount(): Promise<number>;
  /**
   * Takes changes out of the outbox, up to this sequence: they have been told. May run beside a commit.
   *
   * @throws ThroughlineError `view-taken-over`; nothing was taken out.
   */
  told(through: number): Promise<void>;
  close(): Promise<void>;
}

/** A customer whom another part touched. */
export interface Handed {
  readonly customer: string;
  /** The index of the part where it waits. */
  readonly from: number;
  readonly since: Position;
}

/** The other parts of the same version, as the writer of one part meets them. */
export interface Neighbours {
  /** Rows of subjects that belong to other parts, as they stand now. */
  subjects<F>(subjects: readonly string[]): Promise<readonly (SubjectRow<F> | undefined)[]>;
  /** Customers of this part that wait in others, the oldest of each other part first, at most `limit` of each. */
  handed(limit: number): Promise<readonly Handed[]>;
  /** These were finished, from fragments read after they were handed over. One that was handed over again since waits on. */
  finished(handed: readonly Handed[]): Promise<void>;
  /** What readers are told: the least that all parts, this one included, have reached. `START` while one of them does not answer. */
  progress(): Promise<Position>;
}
