import { Inject, Injectable } from '@nestjs/common';
import { IDENTITY, type Company, type JsonObject, type ThroughlineError } from '@throughline/contracts';
import type { ShownIdentity } from '@throughline/engines';
import { behind, type LogReader } from '@throughline/event-log';
import { EVENT_LOG, IDENTITY_GRAPH, SETTINGS, type Settings } from '@throughline/runtime';
import { keptVersions, type Diff, type Replay, type VersionsState } from '@throughline/versions';
import { documentNames } from '../versions/documents.ts';
import { keptAs, openKept } from '../versions/kept-versions.ts';
import { Ledgers } from '../versions/ledgers.ts';
import { unlessRebuilding } from '../versions/unless-rebuilding.ts';
import { SHELVES, type Shelves } from '../views.ts';
import type { DiffState, ReplayAnswer } from './replay.dto.ts';

/** How a replay stands: what the ledger says of it, and what its builder and its store say while it is kept. */
@Injectable()
export class ReplayTeller {
  readonly #ledgers: Ledgers;
  readonly #shelves: Shelves;
  readonly #log: LogReader;
  readonly #company: Company;
  readonly #identity: ShownIdentity;

  constructor(
    @Inject(Ledgers) ledgers: Ledgers,
    @Inject(SHELVES) shelves: Shelves,
    @Inject(EVENT_LOG) log: LogReader,
    @Inject(SETTINGS) { company }: Settings,
    @Inject(IDENTITY_GRAPH) identity: ShownIdentity,
  ) {
    this.#ledgers = ledgers;
    this.#shelves = shelves;
    this.#log = log;
    this.#company = company;
    this.#identity = identity;
  }

  async tell(projection: string, replay: Replay, state: VersionsState): Promise<ReplayAnswer> {
    const kept = keptVersions(state, this.#ledgers.hash(projection)).find((each) => each.replay?.id === replay.id);
    const said = kept && kept.does !== 'follow' ? await this.#said(projection, kept.version) : undefined;
    // Identity is built by following the log from its beginning.
    const follows = kept?.does === 'follow' || (projection === IDENTITY && kept?.does === 'build');
    const followed = follows ? await this.#followed(projection, kept.version) : undefined;
    const { built, failed } = replay;
    const diff = latestDiff(state, replay.id);
    const parked = followed?.parked ?? said?.['parked'];
    return {
      errors: failed ? [failed] : kept?.refused ? [told(kept.refused)] : [],
      parked: typeof parked === 'number' ? parked : 0,
      replay: replay.id,
      projection,
      version: kept?.version ?? built?.version ?? replay.version,
      state: replay.state,
      since: new Date(replay.since).toISOString(),
      requestedAt: new Date(replay.requestedAt).toISOString(),
      author: replay.author,
      reason: replay.reason,
      documents: documentNames(projection, this.#company, replay.documents),
      source: replay.source,
      ...(replay.workers !== undefined && { workers: replay.workers }),
      ...(replay.sample && { sample: replay.sample }),
      ...(said && { progress: said }),
      ...(built && {
        built: {
          version: built.version,
          through: built.through,
          ...(built.tally && { touchpoints: built.tally.touchpoints, ids: built.tally.ids }),
          ...(built.customers !== undefined && { customers: built.customers }),
          seconds: built.seconds,
        },
      }),
      ...(followed && { follows: { position: followed.position, lag: await behind(this.#log, followed.position) } }),
      ...(diff && { diff: { diff: diff.id, state: stateOf(diff) } }),
    };
  }

  async #said(projection: string, version: string): Promise<JsonObject | undefined> {
    const shelf = this.#shelves[projection];
    const name = shelf && (await keptAs(shelf, version));
    return name === undefined ? undefined : await shelf!.said(name);
  }

  async #followed(projection: string, version: string) {
    if (projection === IDENTITY) return { position: (await this.#identity.progressOf(version)).through, parked: 0 };
    const opened = await openKept(this.#shelves[projection]!, version);
    if (!opened) return undefined;
    try {
      // It has been built, and is not complete before its first commit along the log.
      const progress = await unlessRebuilding(opened.reader.progress());
      const parked = await unlessRebuilding(opened.reader.parkedCount());
      return progress && { position: progress.position, parked };
    } finally {
      await opened.close();
    }
  }
}

function told({ code, detail }: ThroughlineError): { readonly code: string; readonly detail: string } {
  return { code, detail: detail ?? '' };
}

export function latestDiff({ diffs }: VersionsState, replay: string): Diff | undefined {
  return [...diffs.values()].findLast((diff) => diff.replay === replay);
}

export function stateOf({ report, failed }: Diff): DiffState {
  if (report) return 'made';
  return failed === undefined ? 'comparing' : 'failed';
}
