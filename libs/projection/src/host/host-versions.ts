import { canPass, versionOf, type Documents, type ProjectionOf } from '@throughline/contracts';
import { openLogAt, type Followed, type LogWriter } from '@throughline/event-log';
import { openVersionShelfAt, partedVersion } from '@throughline/read-model';
import { setTimeout as rest } from 'node:timers/promises';
import { amongReplicas, inTurn } from '../ownership/among-replicas.ts';
import type { Relayed } from '../relay-changes.ts';
import { isSample, Prepared, type Along } from './along-identities.ts';
import { Foreman } from './foreman.ts';
import type { ProjectionNews, ProjectionPlace, ProjectionTask } from './tasks.ts';
import type { Running } from './running.ts';
import { together } from './together.ts';
import { VersionRuns } from './version-runs.ts';
import { KeptVersions } from './kept-versions.ts';

export interface HostVersions<F, V> {
  readonly projection: ProjectionOf<F, V>;
  readonly place: ProjectionPlace;
  readonly writer: LogWriter;
  readonly signal: AbortSignal;
  /** Begins a task in a thread. */
  start(task: ProjectionTask, onNews: (news: ProjectionNews) => void): Running;
  /** Of the version that readers are given. */
  onFollowed(followed: Followed): void;
  onRelayed(relayed: Relayed): void;
  onShare(parts: readonly number[]): void;
}

/** How often the control stream is looked at, milliseconds. */
const LOOK_AGAIN = 200;

/**
 * Runs what a projection's control stream keeps until the signal aborts: every replica follows the log with every version, or its
 * share of it; one replica at a time builds, compares and removes.
 *
 * @throws what the version that readers are given failed with, or the log.
 */
export async function hostVersions<F, V>(host: HostVersions<F, V>): Promise<void> {
  const { projection, place, writer, signal } = host;
  const { company, sharing, views } = place;
  const hashes = new Map<Documents, string>();
  const hash = (documents: Documents): string => {
    const known = hashes.get(documents) ?? versionOf(projection(company, documents));
    hashes.set(documents, known);
    return known;
  };
  const { name } = projection(company);
  const log = await openLogAt(place.log);
  const shelf = await openVersionShelfAt(views, name);
  const inStore = (version: string) => partedVersion(version, sharing?.parts ?? 1);
  const keptOf = () => new KeptVersions(log, writer, name, hash);
  const preparedOf = () => new Prepared(shelf, inStore);
  const command = (token: number, signal: AbortSignal) =>
    new Foreman({ log, shelf, kept: keptOf(), prepared: preparedOf(), inStore, token, start: host.start }).work(signal);
  try {
    await together(signal, [
      (signal) => follow(host, keptOf(), preparedOf(), signal),
      (signal) => inTurn(amongReplicas(place), { projection: name, version: COMMAND, log, writer, signal }, command),
    ]);
  } finally {
    await shelf.close();
    await log.close();
  }
}

/** Follows the log with every version that is to be followed. */
async function follow<F, V>(
  { start, onFollowed, onRelayed, onShare }: HostVersions<F, V>,
  kept: KeptVersions,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<void> {
  let live = '';
  const runs = new VersionRuns((version) => version !== live);
  const began =
    ({ stored, documents, role, isShown }: Along) =>
    () =>
      start(
        {
          kind: 'follow',
          version: stored,
          documents,
          serves: { definitions: role === 'live', identity: isShown },
          since: kept.revisions,
        },
        (news) => {
          if (stored !== live) return;
          if ('followed' in news) onFollowed(news.followed);
          else if ('relayed' in news) onRelayed(news.relayed);
          else if ('share' in news) onShare(news.share);
        },
      );
  const ending = AbortSignal.any([signal, runs.failed]);
  try {
    while (!ending.aborted) {
      try {
        const all = await kept.catchUp();
        live = all[0]!.stored;
        prepared.keep(all);
        const followed = new Map<string, () => Running>();
        for (const each of all) if (await isFollowed(each, live, prepared)) followed.set(each.stored, began(each));
        runs.keep(followed);
      } catch (error) {
        // While the log or the read model is away, what is followed goes on being followed.
        if (live === '' || !canPass(error)) throw error;
      }
      await rest(LOOK_AGAIN, undefined, { signal: ending }).catch(() => undefined);
    }
  } finally {
    await runs.stopAll();
  }
  if (!signal.aborted) runs.failed.throwIfAborted();
}

async function isFollowed(along: Along, live: string, prepared: Prepared): Promise<boolean> {
  if (along.does !== 'follow' || isSample(along)) return false;
  return !(await prepared.lacks(along, along.stored === live));
}

/** What the command over a projection's versions is called where replicas take turns at it. */
const COMMAND = 'command';
