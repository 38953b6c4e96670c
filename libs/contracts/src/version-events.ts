/** The events of `projection-<name>`: which versions of a projection there are, and which one readers are given. ADR 14. */
import type { ComparisonReport } from './identity-diff.ts';
import type { JsonObject } from './json.ts';
import type { Position } from './position.ts';
import type { Tally } from './tally.ts';
import type { Documents } from './version.ts';

/** Of what somebody asked for. */
export interface AskedBy extends JsonObject {
  readonly author: string;
  /** Empty where none was given. */
  readonly reason: string;
}

/** A slice of the customers: those whose id's first hex digit is below `digits`, of 16. */
export type Sample = { readonly digits: number };

/** `replay.requested`; the event's id is the replay's. */
export interface ReplayRequested extends AskedBy {
  /** Its name, build included. */
  readonly version: string;
  readonly documents: Documents;
  /** Only so much is built; such a version can be compared, and never promoted. */
  readonly sample?: Sample;
  /** Where the log is read: this host's copy of it, or its server. They are the same where the log is embedded. */
  readonly source: 'copy' | 'log';
  /** Threads that build; absent: as many as the machine has cores. */
  readonly workers?: number;
}

/** `replay.paused`, `replay.resumed`, `replay.cancelled`. */
export interface ReplayTold extends AskedBy {
  readonly replay: string;
}

/** `replay.built`. */
export interface ReplayBuilt extends JsonObject {
  readonly replay: string;
  readonly version: string;
  /** The fixed position it was built to. */
  readonly through: Position;
  /** Of identity neither these two: its report has its figures. */
  readonly tally?: Tally & JsonObject;
  readonly customers?: number;
  /** Time at work, pauses left out; of identity since it was begun or last resumed. */
  readonly seconds: number;
}

/** `replay.failed`. */
export interface ReplayFailed extends JsonObject {
  readonly replay: string;
  /** Of the catalogue of problems. */
  readonly code: string;
  readonly detail: string;
}

/** `diff.requested`; the event's id is the diff's. */
export interface DiffRequested extends AskedBy {
  readonly replay: string;
  /** The live version. */
  readonly from: string;
  /** The candidate. */
  readonly to: string;
}

/** `diff.released`. */
export interface DiffReleased extends JsonObject {
  readonly diff: string;
}

/** `diff.made`. */
export interface DiffMade extends JsonObject {
  readonly diff: string;
  /** Absent where it failed. */
  readonly report?: ComparisonReport;
  /** Why there is none: a code of the catalogue of problems. */
  readonly failed?: string;
  readonly detail?: string;
}

/** `version.promoted`, `version.rolled-back`: `to` is what readers are given from here on. */
export interface VersionGiven extends AskedBy {
  readonly from: string;
  readonly to: string;
  /** Of `to`. */
  readonly documents: Documents;
  /** The replay that built `to`; absent where `to` is the shipped definitions of before any promotion. */
  readonly replay?: string;
  /** Of identity: the projections that go over to `to` together, once every one of them has it. Absent for a projection. */
  readonly views?: readonly string[];
}

/** `views.ready`: a projection has folded, by the decisions of identity's new version, all that is before the switch. */
export interface ViewsReady extends JsonObject {
  /** The `version.promoted` or `version.rolled-back` of identity that it is for. */
  readonly switch: string;
  readonly projection: string;
}

/** `views.switched`: every view is read by these decisions of identity from here on. */
export interface ViewsSwitched extends JsonObject {
  readonly switch: string;
  readonly to: string;
}

/** `version.retired`. */
export interface VersionRetired extends AskedBy {
  readonly version: string;
}

/** By type. */
export interface VersionEvents {
  'replay.requested': ReplayRequested;
  'replay.paused': ReplayTold;
  'replay.resumed': ReplayTold;
  'replay.cancelled': ReplayTold;
  'replay.built': ReplayBuilt;
  'replay.failed': ReplayFailed;
  'diff.requested': DiffRequested;
  'diff.released': DiffReleased;
  'diff.made': DiffMade;
  'version.promoted': VersionGiven;
  'version.rolled-back': VersionGiven;
  'version.retired': VersionRetired;
  'views.ready': ViewsReady;
  'views.switched': ViewsSwitched;
}
export type VersionEventType = keyof VersionEvents;

/** An event as it is decided, and as it is read back. */
export type VersionEvent = {
  [T in VersionEventType]: { readonly id: string; readonly type: T; readonly data: VersionEvents[T] };
}[VersionEventType];
