/**
 * Which versions of a projection there are, folded from its control stream, `projection-<name>`. ADR 14.
 *
 * ```
 *            ┌── pause ──▶ paused                       ┌───────── rolled back ─────────┐
 *            ▼               │                          ▼                               │
 *  start ─▶ building ◀─ resume ─── failed      ─────▶ built ── promote ─▶ promoted: live, then previous
 *            │    └── cannot be built ──▶ ┘     │                                       │
 *            └────────────── built ─────────────┘                                    retired
 * ```
 *
 * Open are those building, paused, failed or built: one at a time, and each of them can be cancelled.
 */
import type { ComparisonReport, Documents, Position, ReplayBuilt, Sample, VersionEvent } from '@throughline/contracts';

export type Role = 'live' | 'candidate' | 'previous';

/** A version that has been given to readers. */
export interface Given {
  /** As it was called then: other code calls it otherwise (`keptVersions`). */
  readonly version: string;
  readonly documents: Documents;
  /** The replay that built it; undefined for the shipped definitions of before any promotion. */
  readonly replay: string | undefined;
  /** Epoch ms of the event that gave it its present role; undefined where it has it from the start. */
  readonly since: number | undefined;
}

export type ReplayState = 'building' | 'paused' | 'failed' | 'built' | 'promoted' | 'cancelled' | 'retired';

export interface Replay {
  readonly id: string;
  /** As it was called when it was asked for. */
  readonly version: string;
  readonly documents: Documents;
  readonly sample?: Sample;
  readonly source: 'copy' | 'log';
  readonly workers?: number;
  readonly author: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly requestedAt: number;
  readonly state: ReplayState;
  /** Epoch ms of the event that gave it its present state. */
  readonly since: number;
  readonly built?: ReplayBuilt;
  /** Only while `failed`. */
  readonly failed?: { readonly code: string; readonly detail: string };
}

export interface Diff {
  readonly id: string;
  readonly replay: string;
  readonly from: string;
  readonly to: string;
  /** Epoch ms. */
  readonly requestedAt: number;
  /** Of the request: both versions are compared exactly there. */
  readonly position: Position;
  /** Both have been read, or will not be: their writers may go on. */
  readonly released: boolean;
  readonly report?: ComparisonReport;
  /** Why there is no report: a code of the catalogue of problems. */
  readonly failed?: string;
}

/** An event of the control stream, with when and where it was recorded. */
export type Recorded = VersionEvent & { readonly recordedAt: number; readonly position: Position };

/** Readers of views going over to another version of identity: each projection says when it has it, and all go together. */
export interface Switch {
  /** Of the promotion or rollback. */
  readonly id: string;
  readonly to: string;
  /** Of the promotion or rollback: what is ready has folded up to there. */
  readonly position: Position;
  /** The projections that are waited for. */
  readonly awaited: ReadonlySet<string>;
}

/** The version of identity that views are read by, and since when. */
export interface Shown {
  readonly version: string;
  /** Of `views.switched`. */
  readonly position: Position;
  /** Epoch ms. */
  readonly since: number;
}

export interface VersionsState {
  /** Undefined before any promotion: the shipped definitions are live. */
  live: Given | undefined;
  /** The one that was live before, while it is kept. */
  previous: Given | undefined;
  /** By id, in their order. */
  readonly replays: Map<string, Replay>;
  readonly diffs: Map<string, Diff>;
  /** Of identity, while views go over. */
  switching: Switch | undefined;
  /** Of identity, each version that views were read by, oldest first; before the first it was the shipped one. */
  readonly shown: Shown[];
  /** Every event, by id, in their order. */
  readonly recorded: Map<string, Recorded>;
}

export function initialVersions(): VersionsState {
  return {
    live: undefined,
    previous: undefined,
    replays: new Map(),
    diffs: new Map(),
    switching: undefined,
    shown: [],
    recorded: new Map(),
  };
}

const OPEN: ReadonlySet<ReplayState> = new Set<ReplayState>(['building', 'paused', 'failed', 'built']);

/** The one replay that may still come to something. */
export function openReplay({ replays }: VersionsState): Replay | undefined {
  for (const replay of replays.values()) if (OPEN.has(replay.state)) return replay;
  return undefined;
}

/** The one comparison that is being made. */
export function pendingDiff({ diffs }: VersionsState): Diff | undefined {
  for (const diff of diffs.values()) if (!diff.report && diff.failed === undefined) return diff;
  return undefined;
}

/** May change and return the state it is given. What makes no sense where it stands changes nothing but the record. */
export function evolveVersions(state: VersionsState, event: Recorded): VersionsState {
  if (state.recorded.has(event.id)) return state;
  state.recorded.set(event.id, event);
  const at = event.recordedAt;
  switch (event.type) {
    case 'replay.requested': {
      const { version, documents, sample, source, workers, author, reason } = event.data;
      state.replays.set(event.id, {
        id: event.id,
        version,
        documents,
        source,
        author,
        reason,
        requestedAt: at,
        state: 'building',
        since: at,
        ...(sample && { sample }),
        ...(workers !== undefined && { workers }),
      });
      return state;
    }
    case 'replay.paused':
      return moved(state, event.data.replay, 'paused', at);
    case 'replay.resumed':
      return moved(state, event.data.replay, 'building', at);
    case 'replay.cancelled':
      return moved(state, event.data.replay, 'cancelled', at);
    case 'replay.built':
      return moved(state, event.data.replay, 'built', at, { built: event.data });
    case 'replay.failed': {
      const { replay, code, detail } = event.data;
      return moved(state, replay, 'failed', at, { failed: { code, detail } });
    }
    case 'diff.requested': {
      const { replay, from, to } = event.data;
      const { id, position } = event;
      state.diffs.set(id, { id, replay, from, to, requestedAt: at, position, released: false });
      return state;
    }
    case 'diff.released':
      return told(state, event.data.diff, {});
    case 'diff.made': {
      const { diff, report, failed } = event.data;
      return told(state, diff, report ? { report } : { failed: failed ?? 'internal' });
    }
    case 'version.promoted': {
      const { from, to, documents, replay } = event.data;
      const { live, previous } = state;
      beginSwitch(state, event);
      state.live = { version: to, documents, replay, since: at };
      state.previous = { version: from, documents: live?.documents ?? {}, replay: live?.replay, since: at };
      if (previous) moved(state, previous.replay, 'retired', at);
      return moved(state, replay, 'promoted', at);
    }
    case 'version.rolled-back': {
      const { to, documents, replay } = event.data;
      const { live } = state;
      beginSwitch(state, event);
      // Nobody could say which of two candidates is meant: where another is open, this one goes.
      const becomes = openReplay(state) ? 'retired' : 'built';
      state.live = { version: to, documents, replay, since: at };
      state.previous = undefined;
      return moved(state, live?.replay, becomes, at);
    }
    case 'version.retired': {
      const replay = state.previous?.replay;
      state.previous = undefined;
      return moved(state, replay, 'retired', at);
    }
    case 'views.ready': {
      const { switching } = state;
      if (!switching || switching.id !== event.data.switch) return state;
      const awaited = new Set(switching.awaited);
      awaited.delete(event.data.projection);
      state.switching = { ...switching, awaited };
      return state;
    }
    case 'views.switched': {
      if (state.switching?.id === event.data.switch) state.switching = undefined;
      state.shown.push({ version: event.data.to, position: event.position, since: at });
      return state;
    }
    default: {
      const none: never = event;
      return none;
    }
  }
}

/** One at a time: whatever views were going over to before, it is this one now. */
function beginSwitch(
  state: VersionsState,
  {
    id,
    position,
    data: { to, views },
  }: Extract<Recorded, { readonly type: 'version.promoted' | 'version.rolled-back' }>,
): void {
  if (views) state.switching = { id, to, position, awaited: new Set(views) };
}

function moved(
  state: VersionsState,
  id: string | undefined,
  to: ReplayState,
  since: number,
  more: Partial<Pick<Replay, 'built' | 'failed'>> = {},
): VersionsState {
  const replay = id === undefined ? undefined : state.replays.get(id);
  if (replay) {
    const { failed: _, ...rest } = replay;
    state.replays.set(replay.id, { ...rest, state: to, since, ...more });
  }
  return state;
}

/** Whatever is told of a comparison, its versions may go on. */
function told(state: VersionsState, id: string, what: Partial<Pick<Diff, 'report' | 'failed'>>): VersionsState {
  const diff = state.diffs.get(id);
  if (diff) state.diffs.set(id, { ...diff, released: true, ...what });
  return state;
}
