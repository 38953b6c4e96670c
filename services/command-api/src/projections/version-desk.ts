import {
  IDENTITY,
  projectionStream,
  ThroughlineError,
  type Company,
  type Documents,
  type Position,
  type VersionEvent,
} from '@throughline/contracts';
import type { EventLog } from '@throughline/event-log';
import { PROJECTION_NAMES } from '@throughline/projections';
import {
  decideVersions,
  evolveVersions,
  identityName,
  initialVersions,
  keptVersions,
  liveVersion,
  namesGiven,
  openReplay,
  VERSION_REFUSALS,
  type HashOfDocuments,
  type Recorded,
  type VersionCommand,
  type VersionRefusal,
  type VersionsState,
} from '@throughline/versions';
import { DecidedStream } from '../decided-stream.ts';
import type { Asked } from '../request-log.ts';
import { hashOfDocuments } from './known-projections.ts';

interface Said {
  readonly author: string;
  readonly reason: string;
}

/** What is asked of a projection's versions: to promote is the open replay's unless one is named, to retire the previous version. */
export type VersionRequest =
  | Exclude<VersionCommand, { readonly type: 'retire' }>
  | { readonly id: string; readonly type: 'promote'; readonly data: Said & { readonly replay?: string } }
  | { readonly id: string; readonly type: 'retire'; readonly data: Said };

/** What came of it. */
export interface VersionsAsked {
  /** The event it led to, or had led to before; undefined where it was so already. */
  readonly event: VersionEvent | undefined;
  /** What readers were given before it. */
  readonly live: string;
  /** Of the event; where there is none, of the stream's last. */
  readonly position: Position;
}

/** Decides what is asked of the versions of projections, each on its own control stream. */
export class VersionDesk {
  readonly #log: EventLog;
  readonly #company: Company;
  readonly #streams = new Map<string, DecidedStream<VersionsState>>();

  constructor(log: EventLog, company: Company) {
    this.#log = log;
    this.#company = company;
  }

  /**
   * @throws ThroughlineError `not-found` for a projection or replay that there is not, `invalid-definition`, `cannot-replay` with the
   *   ledger's sentence, `wrong-revision`.
   */
  async ask(projection: string, request: VersionRequest, asked: Asked): Promise<VersionsAsked> {
    const hash = hashOfDocuments(projection, this.#company);
    // Looked at before the log is: nothing invalid gets near it.
    if (request.type === 'start') hash(given(request.data.documents));
    let decided: readonly VersionEvent[] = [];
    const { state, recorded, position } = await this.#stream(projection).decide((now) => {
      if (projection === IDENTITY) checkRules(request, now.state);
      const decision = decideVersions(addressed(goingOver(projection, request), now.state, hash), now.state, hash);
      if (!decision.ok) throw refused(decision.reason);
      decided = decision.events;
      return decided.map(({ id, type, data }) => ({
        id,
        type,
        occurredAt: asked.at,
        data,
        metadata: { schema: 1, $correlationId: asked.correlationId },
      }));
    });
    const before = state.recorded.get(request.id);
    return {
      event: decided.find(({ id }) => id === request.id) ?? before,
      live: liveVersion(state, hash).version,
      position: position ?? before?.position ?? recorded.at(-1)!.position,
    };
  }

  #stream(projection: string): DecidedStream<VersionsState> {
    let stream = this.#streams.get(projection);
    if (!stream) {
      stream = new DecidedStream<VersionsState>({
        log: this.#log,
        stream: projectionStream(projection),
        initial: initialVersions(),
        evolve: (state, event) => evolveVersions(state, event as unknown as Recorded),
        idTaken: () => refused('ID_TAKEN'),
      });
      this.#streams.set(projection, stream);
    }
    return stream;
  }
}

/** Readers of every view go over to another version of identity together. */
function goingOver(projection: string, request: VersionRequest): VersionRequest {
  if (projection !== IDENTITY || (request.type !== 'promote' && request.type !== 'roll-back')) return request;
  return { ...request, data: { ...request.data, views: PROJECTION_NAMES } } as VersionRequest;
}

/** Rules are called by their number, for ever; and of what decides there is one, which takes all or nothing. */
function checkRules(request: VersionRequest, state: VersionsState): void {
  if (request.type !== 'start' || state.recorded.has(request.id)) return;
  const { documents, sample, workers, source } = request.data;
  if (sample !== undefined || workers !== undefined || source !== 'copy')
    throw new ThroughlineError(
      'invalid-request',
      'Identity is decided whole, by one: it takes no sample, workers or source.',
    );
  if (namesGiven(state, identityName).has(identityName(given(documents)))) throw refused('NAME_TAKEN');
}

/** Names the replay or version that is meant where none is named. What was asked before means what it meant then. */
function addressed(request: VersionRequest, state: VersionsState, hash: HashOfDocuments): VersionCommand {
  const before = state.recorded.get(request.id);
  if (request.type === 'start') {
    const otherwise = before?.type === 'replay.requested' ? before.data.documents : liveVersion(state, hash).documents;
    const documents = given({ ...otherwise, ...request.data.documents });
    return { ...request, data: { ...request.data, documents } };
  }
  if (request.type === 'promote') {
    const replay =
      request.data.replay ??
      (before?.type === 'version.promoted' ? before.data.replay : undefined) ??
      openReplay(state)?.id;
    if (replay === undefined)
      throw new ThroughlineError('cannot-replay', 'No replay is open, so there is none to promote. Start one first.');
    return { id: request.id, type: 'promote', data: { ...request.data, replay } };
  }
  if (request.type === 'retire') {
    const version =
      (before?.type === 'version.retired' ? before.data.version : undefined) ??
      keptVersions(state, hash).find(({ role }) => role === 'previous')?.version;
    if (version === undefined) throw refused('NO_PREVIOUS');
    return { ...request, data: { ...request.data, version } };
  }
  return request;
}

/** Without those that are null: the shipped ones are meant. */
function given(documents: Documents): Documents {
  return Object.fromEntries(Object.entries(documents).filter(([, document]) => document !== null));
}

const NOT_THERE: ReadonlySet<VersionRefusal> = new Set<VersionRefusal>(['NO_SUCH_REPLAY', 'NO_SUCH_VERSION']);

function refused(reason: VersionRefusal): ThroughlineError {
  return new ThroughlineError(NOT_THERE.has(reason) ? 'not-found' : 'cannot-replay', VERSION_REFUSALS[reason]);
}
