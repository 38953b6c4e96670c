/** What a projection's threads are told, and what they tell: plain data. */
import type { ChangesPlace } from '@throughline/changes';
import type { Company, Documents, JsonObject, Position, Sample, VersionDiff } from '@throughline/contracts';
import type { Followed, LogPlace, LogWriter, OpenedLog } from '@throughline/event-log';
import type { Sharing, ViewPlace } from '@throughline/read-model';
import type { Given } from '../orders.ts';
import type { Relayed } from '../relay-changes.ts';

/** What a thread is told of where it runs. */
export interface ProjectionPlace {
  readonly log: LogPlace;
  readonly views: ViewPlace;
  /** How it shares the writing with other replicas; undefined: it is the only one. */
  readonly sharing?: Sharing | undefined;
  readonly company: Company;
  /** Whether whoever looks on wants to know what led to each commit. */
  readonly causes: boolean;
  /** Where channels are told what changes; undefined: nowhere. */
  readonly changes: ChangesPlace | undefined;
}

/** A version to keep along the log. */
export interface FollowTask {
  readonly kind: 'follow';
  /** Its name in the store, without parts. */
  readonly version: string;
  readonly documents: Documents;
  /** Whether readers are to be given it, by the control streams up to these revisions. */
  readonly serves: Readonly<Record<Given, boolean>>;
  readonly since: Readonly<Record<Given, number>>;
}

/** A version to build up to a position. */
export interface BuildTask {
  readonly kind: 'build';
  /** Its name in the store, without parts. */
  readonly version: string;
  readonly documents: Documents;
  readonly upTo: Position;
  readonly sample: Sample | undefined;
  readonly workers: number | undefined;
  /** Where the log is read: this host's copy of it, or its server. */
  readonly source: 'copy' | 'log';
  /** Of the one that commands: of two that build, the later one wins. */
  readonly token: number;
  /** Of a `Brake`. */
  readonly brake: SharedArrayBuffer;
}

/** Two versions to compare. */
export interface DiffTask {
  readonly kind: 'diff';
  /** Of `diff.requested`. */
  readonly diff: string;
  readonly position: Position;
  /** By their names in the store, without parts. */
  readonly from: string;
  readonly to: { readonly version: string; readonly documents: Documents };
  /** Only these customers are compared; the version to compare with is built for it, up to the same position. */
  readonly sample: Sample | undefined;
  readonly token: number;
}

export type ProjectionTask = FollowTask | BuildTask | DiffTask;

/** What a thread tells of its task. */
export type ProjectionNews =
  | { readonly followed: Followed }
  | { readonly relayed: Relayed }
  | { /** The parts that this replica writes from here on. */ readonly share: readonly number[] }
  | { /** How far building has come, for people. */ readonly progress: JsonObject }
  | { readonly built: BuiltVersion }
  | { /** Both versions have been read. */ readonly released: true }
  | { readonly report: VersionDiff };

/** What a thread does its task with. */
export interface TaskOn {
  readonly log: OpenedLog;
  readonly writer: LogWriter;
  readonly place: ProjectionPlace;
  /** The address of the module whose body is `serveProjection`: threads of its own begin with it. */
  readonly script: string;
  readonly signal: AbortSignal;
  readonly tell: ((news: ProjectionNews) => void) | undefined;
}

/** What building came to. */
export interface BuiltVersion {
  readonly tally: { readonly touchpoints: number; readonly ids: string };
  readonly customers: number;
  /** Time at work, pauses left out. */
  readonly seconds: number;
}
