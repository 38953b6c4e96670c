import { canPass, ThroughlineError } from '@throughline/contracts';
import type { Presence } from '@throughline/read-model';
import { setTimeout as rest } from 'node:timers/promises';
import { Bell } from '../bell.ts';
import { decideShare } from './decide-share.ts';
import { Ownership, type Move, type OwnershipOf } from './ownership.ts';
import { PartRuns, type PartRun } from './part-runs.ts';

export interface ShareParts extends OwnershipOf {
  /** Of those who share this version, and of nobody else. */
  readonly presence: Presence;
  readonly signal: AbortSignal;
  readonly run: PartRun;
  /** Told which parts run here, in order, whenever that changes. */
  readonly onShare?: (parts: readonly number[]) => void;
}

/** How often a replica beats in a lifetime. */
const BEATS = 5;

/**
 * Shares the parts of a version with the other replicas, and runs those that are this one's, until the signal aborts: then its runs
 * end, and the others are told that it leaves.
 *
 * Each part's stream in the log says who owns it; a claim is appended behind exactly what was seen, so of several only one is
 * made, and its revision makes the token that fences off whoever owned the part before. Presence only says what is worth claiming.
 * While presence or the log cannot be reached nothing is claimed or released, and what runs goes on.
 *
 * @throws ThroughlineError `view-taken-over` when another process shares under the same name, and whatever a run fails with,
 *   once all runs have ended. A run that fails with `view-taken-over` itself is only dropped.
 */
export async function shareParts({ presence, signal, run, onShare, ...of }: ShareParts): Promise<void> {
  const ownership = new Ownership(of);
  const bell = new Bell();
  const runs = new PartRuns({ run, onChange: onShare, onStopped: () => bell.ring() });
  const ending = AbortSignal.any([signal, runs.failed]);
  const sharing: Sharing = { ownership, runs, presence, replica: of.replica, ending };
  try {
    while (!ending.aborted) {
      await takeTurn(sharing).catch((error: unknown) => {
        if (!ending.aborted && !canPass(error)) throw error;
      });
      const timer = setTimeout(() => bell.ring(), presence.lifetime / BEATS);
      await bell.heard(ending);
      clearTimeout(timer);
    }
  } finally {
    await runs.stopAll();
  }
  if (signal.aborted) await leave(sharing);
  runs.failed.throwIfAborted();
}

interface Sharing {
  readonly ownership: Ownership;
  readonly runs: PartRuns;
  readonly presence: Presence;
  readonly replica: string;
  readonly ending: AbortSignal;
}

async function takeTurn({ ownership, runs, presence, replica, ending }: Sharing): Promise<void> {
  const beat = await unlessAborted(
    ending,
    presence.beat(replica).catch((error: unknown) => {
      if (!canPass(error)) throw error;
    }),
  );
  await unlessAborted(ending, ownership.look());
  dropLost(ownership, runs, replica);
  if (!beat) return;

  const running = new Set(runs.running.keys());
  const owners = ownership.standings.map(({ owner }) => owner);
  const { living, steady } = beat;
  const { claim, release } = decideShare({ me: replica, living, owners, running, mayTakeFromAbsent: steady });
  for (const part of release) runs.stop(part);
  const moves: readonly Move[] = [
    ...claim.map((part) => ({ type: 'part.claimed' as const, part })),
    ...release.map((part) => ({ type: 'part.released' as const, part })),
  ];
  const made = await unlessAborted(ending, ownership.make(moves.filter(({ part }) => runs.isIdle(part))));
  for (const { type, part, revision } of made) {
    if (type === 'part.claimed') runs.start(ownership.part(part), revision + 1);
  }
}

/** Ends the runs of parts that somebody has claimed since. @throws ThroughlineError `view-taken-over` when it was done in this one's name */
function dropLost(ownership: Ownership, runs: PartRuns, replica: string): void {
  for (const [part, token] of runs.running) {
    const { revision, by } = ownership.standings[part]!;
    if (revision < token) continue;
    // To claim it back would be to take it from each other for ever: the one that came later stays.
    if (by === replica) throw new ThroughlineError('view-taken-over', `Another process is called ${replica}.`);
    runs.stop(part);
  }
}

/** So that others need not wait until this one is missed; as it will be, it is not worth more time than that. */
async function leave({ ownership, presence, replica }: Sharing): Promise<void> {
  const own = ownership.standings.flatMap(({ owner }, part) => (owner === replica ? [part] : []));
  const released = ownership
    .make(own.map((part) => ({ type: 'part.released', part })))
    .catch(() => undefined)
    .then(() => presence.leave(replica))
    .catch(() => undefined);
  const enough = new AbortController();
  await Promise.race([released, rest(presence.lifetime, undefined, { signal: enough.signal })]);
  enough.abort();
}

/** The work's outcome, or the reason of the signal when that aborts first. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
