import {
  NAMESPACE,
  uuidv5,
  type Documents,
  type JsonObject,
  type Sample,
  type VersionEvent,
} from '@throughline/contracts';
import { freeBuild, keptVersions, type HashOfDocuments, type Kept } from './kept.ts';
import { openReplay, pendingDiff, type Replay, type VersionsState } from './ledger.ts';
import type { VersionRefusal } from './refusals.ts';

interface Asked {
  readonly author: string;
  readonly reason: string;
}

/** Of identity: the projections that are to go over together. */
interface Switching {
  readonly views?: readonly string[];
}

/** What people ask for. The id is that of the event it leads to; sent again under the same id it changes nothing. */
export type VersionCommand = { readonly id: string } & (
  | {
      readonly type: 'start';
      readonly data: Asked & {
        readonly documents: Documents;
        readonly sample?: Sample;
        readonly source: 'copy' | 'log';
        readonly workers?: number;
      };
    }
  | {
      readonly type: 'pause' | 'resume' | 'cancel' | 'request-diff';
      readonly data: Asked & { readonly replay: string };
    }
  | { readonly type: 'promote'; readonly data: Asked & Switching & { readonly replay: string } }
  | { readonly type: 'roll-back'; readonly data: Asked & Switching }
  | { readonly type: 'retire'; readonly data: Asked & { readonly version: string } }
);

/** What hosts have to tell. A host that tells what is known already, or no longer matters, is refused or answered with no events: either way it goes on. */
export type VersionFact = Extract<
  VersionEvent,
  { readonly type: 'replay.built' | 'replay.failed' | 'diff.released' | 'diff.made' | 'views.ready' }
>;

/** No events: it is so already. */
export type VersionDecision =
  | { readonly ok: true; readonly events: readonly VersionEvent[] }
  | { readonly ok: false; readonly reason: VersionRefusal };

/**
 * @param hash Of the documents of every version that is kept, and of those of the command.
 * @throws what `hash` throws for those of the command.
 */
export function decideVersions(
  command: VersionCommand | VersionFact,
  state: VersionsState,
  hash: HashOfDocuments,
): VersionDecision {
  const known = state.recorded.get(command.id);
  if (known) return isSame(command, known) ? SO_ALREADY : refuse('ID_TAKEN');
  switch (command.type) {
    case 'start':
      return start(command, state, hash);
    case 'pause':
    case 'resume':
    case 'cancel':
    case 'request-diff':
    case 'promote': {
      const replay = state.replays.get(command.data.replay);
      return replay ? ofReplay(command, replay, state, hash) : refuse('NO_SUCH_REPLAY');
    }
    case 'roll-back': {
      const [live, previous] = byRole(state, hash);
      if (!previous) return refuse('NO_PREVIOUS');
      if (previous.refused) return refuse('NOT_TAKEN');
      const { version: to, documents, replay } = previous;
      const data = { from: live.version, to, documents, ...(replay && { replay: replay.id }), ...command.data };
      return accept({ id: command.id, type: 'version.rolled-back', data });
    }
    case 'retire':
      return retire(command, state, hash);
    case 'replay.built':
    case 'replay.failed':
    case 'diff.released':
    case 'diff.made':
    case 'views.ready':
      return ofHost(command, state);
    default: {
      const none: never = command;
      return none;
    }
  }
}

type Of<T extends VersionCommand['type']> = Extract<VersionCommand, { readonly type: T }>;

const SO_ALREADY: VersionDecision = { ok: true, events: [] };

function accept(...events: VersionEvent[]): VersionDecision {
  return { ok: true, events };
}

function refuse(reason: VersionRefusal): VersionDecision {
  return { ok: false, reason };
}

function start({ id, data }: Of<'start'>, state: VersionsState, hash: HashOfDocuments): VersionDecision {
  if (openReplay(state)) return refuse('REPLAY_OPEN');
  const version = freeBuild(hash(data.documents), namesGiven(state, hash));
  return accept({ id, type: 'replay.requested', data: { ...data, version } });
}

/** Every name that a version has or had: what was cancelled or retired may still be on its way out, so none is given twice. */
export function namesGiven(state: VersionsState, hash: HashOfDocuments): ReadonlySet<string> {
  const named = new Set(keptVersions(state, hash).map(({ version }) => version));
  for (const event of state.recorded.values()) for (const version of versionsIn(event)) named.add(version);
  return named;
}

function versionsIn(event: VersionEvent): readonly string[] {
  switch (event.type) {
    case 'replay.requested':
    case 'replay.built':
      return [event.data.version];
    case 'version.promoted':
    case 'version.rolled-back':
      return [event.data.from, event.data.to];
    default:
      return [];
  }
}

function ofReplay(
  command: Of<'pause' | 'resume' | 'cancel' | 'request-diff' | 'promote'>,
  replay: Replay,
  state: VersionsState,
  hash: HashOfDocuments,
): VersionDecision {
  const { id, type, data } = command;
  const isLive = state.live?.replay === replay.id;
  if (type === 'promote' && isLive) return SO_ALREADY;
  if (type === 'cancel' && replay.state === 'cancelled') return SO_ALREADY;
  if (replay.state === 'cancelled' || replay.state === 'retired') return refuse('IS_OVER');
  if (replay.state === 'promoted') return refuse(isLive ? 'IS_LIVE' : 'IS_PREVIOUS');
  const [live, , candidate] = byRole(state, hash);
  switch (type) {
    case 'pause':
      if (replay.state === 'paused') return SO_ALREADY;
      if (replay.state !== 'building') return refuse(replay.state === 'failed' ? 'HAS_FAILED' : 'ALREADY_BUILT');
      return accept({ id, type: 'replay.paused', data: { ...data } });
    case 'resume':
      if (replay.state === 'building') return SO_ALREADY;
      if (replay.state === 'built') return refuse('ALREADY_BUILT');
      return accept({ id, type: 'replay.resumed', data: { ...data } });
    case 'cancel':
      return accept(...abandoned(state, id, replay.id), { id, type: 'replay.cancelled', data: { ...data } });
    case 'request-diff': {
      if (replay.state !== 'built') return refuse('NOT_BUILT');
      if (pendingDiff(state)) return refuse('DIFF_PENDING');
      if (candidate?.refused) return refuse('NOT_TAKEN');
      if (replay.built?.version !== candidate?.version) return refuse('MADE_BY_OTHER_CODE');
      return accept({ id, type: 'diff.requested', data: { ...data, from: live.version, to: candidate!.version } });
    }
    case 'promote': {
      if (state.switching) return refuse('SWITCHING');
      if (replay.sample) return refuse('IS_A_SAMPLE');
      if (replay.state !== 'built') return refuse('NOT_BUILT');
      if (candidate?.refused) return refuse('NOT_TAKEN');
      if (replay.built?.version !== candidate?.version) return refuse('MADE_BY_OTHER_CODE');
      const given = { from: live.version, to: candidate!.version, documents: replay.documents, ...data };
      return accept({ id, type: 'version.promoted', data: given });
    }
    default: {
      const none: never = type;
      return none;
    }
  }
}

function retire({ id, data }: Of<'retire'>, state: VersionsState, hash: HashOfDocuments): VersionDecision {
  const [live, previous, candidate] = byRole(state, hash);
  const { version } = data;
  if (previous && (version === previous.version || version === state.previous!.version)) {
    if (state.switching) return refuse('SWITCHING');
    return accept(...abandoned(state, id, previous.version), { id, type: 'version.retired', data: { ...data } });
  }
  if (version === live.version) return refuse('IS_LIVE');
  if (version === candidate?.version) return refuse('IS_CANDIDATE');
  for (const event of state.recorded.values())
    if (event.type === 'version.retired' && event.data.version === version) return SO_ALREADY;
  return refuse('NO_SUCH_VERSION');
}

/** A comparison of what now goes can come to nothing: whoever holds still for it is let go in the same append. */
function abandoned(state: VersionsState, cause: string, gone: string): VersionEvent[] {
  const diff = pendingDiff(state);
  if (!diff || ![diff.replay, diff.from, diff.to].includes(gone)) return [];
  const made = { diff: diff.id, failed: 'cannot-replay' };
  const released: VersionEvent = { id: followUp(cause, 1), type: 'diff.released', data: { diff: diff.id } };
  return [...(diff.released ? [] : [released]), { id: followUp(cause, 2), type: 'diff.made', data: made }];
}

/** The id of the n-th event that follows from another in the same append. */
function followUp(cause: string, n: number): string {
  return uuidv5(NAMESPACE.control, `${cause}/${n}`);
}

function ofHost(fact: VersionFact, { replays, diffs, switching }: VersionsState): VersionDecision {
  switch (fact.type) {
    case 'replay.built':
    case 'replay.failed': {
      const replay = replays.get(fact.data.replay);
      if (!replay) return refuse('NO_SUCH_REPLAY');
      if (replay.state === 'building' || replay.state === 'paused') return accept(fact);
      if (fact.type === 'replay.failed' && replay.state === 'failed') return SO_ALREADY;
      if (replay.state === 'failed') return refuse('HAS_FAILED');
      if (replay.state !== 'built') return refuse('IS_OVER');
      // Other code has built it anew, under the name that it has by that code.
      if (fact.type === 'replay.built' && fact.data.version !== replay.built?.version) return accept(fact);
      return fact.type === 'replay.built' ? SO_ALREADY : refuse('ALREADY_BUILT');
    }
    case 'diff.released':
    case 'diff.made': {
      const diff = diffs.get(fact.data.diff);
      if (!diff) return refuse('NO_SUCH_DIFF');
      const isTold = fact.type === 'diff.released' ? diff.released : (diff.report ?? diff.failed) !== undefined;
      return isTold ? SO_ALREADY : accept(fact);
    }
    case 'views.ready': {
      if (switching?.id !== fact.data.switch) return refuse('IS_OVER');
      const { id, to, awaited } = switching;
      if (!awaited.has(fact.data.projection)) return SO_ALREADY;
      if (awaited.size > 1) return accept(fact);
      // The last one takes all of them over, in the same append.
      return accept(fact, { id: followUp(fact.id, 1), type: 'views.switched', data: { switch: id, to } });
    }
    default: {
      const none: never = fact;
      return none;
    }
  }
}

function byRole(state: VersionsState, hash: HashOfDocuments): [live: Kept, previous?: Kept, candidate?: Kept] {
  const kept = keptVersions(state, hash);
  const of = (role: Kept['role']) => kept.find((each) => each.role === role);
  return [of('live')!, of('previous'), of('candidate')] as [Kept, Kept?, Kept?];
}

const EVENT_OF: Readonly<Record<VersionCommand['type'] | VersionFact['type'], VersionEvent['type']>> = {
  start: 'replay.requested',
  pause: 'replay.paused',
  resume: 'replay.resumed',
  cancel: 'replay.cancelled',
  'request-diff': 'diff.requested',
  promote: 'version.promoted',
  'roll-back': 'version.rolled-back',
  retire: 'version.retired',
  'replay.built': 'replay.built',
  'replay.failed': 'replay.failed',
  'diff.released': 'diff.released',
  'diff.made': 'diff.made',
  'views.ready': 'views.ready',
};

/** Whether the event is what the command led to: it says all that the command says, and more. */
function isSame(command: VersionCommand | VersionFact, event: VersionEvent): boolean {
  if (EVENT_OF[command.type] !== event.type) return false;
  const said: JsonObject = event.data;
  return Object.entries(command.data).every(([name, value]) => canonical(value) === canonical(said[name]));
}

/** One text for equal content, whatever the order of its members. */
function canonical(data: unknown): string {
  return JSON.stringify(data ?? null, (_, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
      : value,
  );
}
