/** What identity's threads are told, and what they tell: plain data. */
import type { Documents, IdentityDiff, Position } from '@throughline/contracts';
import type { Followed, LogPlace, LogWriter, OpenedLog } from '@throughline/event-log';
import type { Sharing, ViewPlace } from '@throughline/read-model';

/** What a thread is told of where it runs. */
export interface IdentityPlace {
  readonly log: LogPlace;
  /** The folder of the graph by the shipped rules; those by others are beside it. */
  readonly graph: string;
  /** Where others look for what was decided. */
  readonly views: ViewPlace;
  /** How it stands by with other replicas, of which one decides; undefined: it is the only one. */
  readonly sharing?: Sharing | undefined;
  readonly secret: Uint8Array;
  /** Whether whoever looks on wants to know what led to each commit. */
  readonly causes: boolean;
}

/** Decide by these rules, along the log. */
export interface DecideTask {
  readonly kind: 'decide';
  /** Of identity, as its control stream calls it. */
  readonly version: string;
  readonly documents: Documents;
  /** Whether it is only to be compared when it begins: it gives way to the others. */
  readonly isBeside: boolean;
  /** Of a `Brake`. */
  readonly brake: SharedArrayBuffer;
}

/** Compare what two versions of identity decided on all that is up to a position. */
export interface CompareTask {
  readonly kind: 'compare';
  readonly position: Position;
  readonly from: string;
  readonly to: string;
}

export type IdentityTask = DecideTask | CompareTask;

/** What a thread tells of its task. */
export type IdentityNews =
  | { readonly followed: Followed }
  | { /** How far it had decided when it began. */ readonly begins: Position }
  | { /** Whether this replica decides from here on. */ readonly decides: boolean }
  | { readonly report: IdentityDiff };

/** What a thread does its task with. */
export interface TaskOn {
  readonly place: IdentityPlace;
  readonly log: OpenedLog;
  readonly writer: LogWriter;
  readonly signal: AbortSignal;
  readonly tell: ((news: IdentityNews) => void) | undefined;
}
