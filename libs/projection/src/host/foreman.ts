import { problemCode, PROBLEMS, ThroughlineError, type Documents, type VersionDiff } from '@throughline/contracts';
import { behind, type OpenedLog } from '@throughline/event-log';
import { bareVersion, partedVersion, type OpenedReader, type VersionShelf } from '@throughline/read-model';
import { keptVersions, pendingDiff, type Kept, type VersionFact } from '@throughline/versions';
import { setTimeout as rest } from 'node:timers/promises';
import { Brake } from '../build/brake.ts';
import { builtFact, failedFact, madeFact, notMadeFact, releasedFact } from './facts.ts';
import type { BuildTask, BuiltVersion, DiffTask, ProjectionNews, ProjectionTask } from './tasks.ts';
import type { Running } from './thread.ts';
import type { VersionStream } from './version-stream.ts';

export interface ForemanOptions {
  readonly log: OpenedLog;
  readonly shelf: VersionShelf;
  readonly stream: VersionStream;
  readonly hash: (documents: Documents) => string;
  /** In how many parts versions are kept. */
  readonly parts: number;
  /** Of the claim to command. */
  readonly token: number;
  start(task: ProjectionTask, onNews: (news: ProjectionNews) => void): Running;
}

/** What is being built. */
interface Building {
  readonly version: string;
  readonly brake: Brake;
  readonly running: Running;
}

const LOOK_AGAIN = 200;
/** While the live version lacks an event that is older than this, building rests, seconds; until it is younger than `CAUGHT_UP`. */
const BEHIND = 1;
const CAUGHT_UP = 0.3;

/** Builds, compares and removes versions as the control stream says. One at a time of all replicas. */
export class Foreman {
  readonly #options: ForemanOptions;
  #building: Building | undefined;
  #comparing: { readonly diff: string; readonly running: Running } | undefined;
  /** The live version, while something is built beside it. */
  #live: (OpenedReader & { readonly version: string }) | undefined;
  #mayBeginAt = 0;

  constructor(options: ForemanOptions) {
    this.#options = options;
  }

  /** Until the signal aborts. What was begun is ended then, and gone on with by whoever comes next. */
  async work(signal: AbortSignal): Promise<void> {
    const { stream, hash } = this.#options;
    try {
      while (!signal.aborted) {
        try {
          const kept = keptVersions(await stream.catchUp(), hash);
          await this.#build(kept);
          this.#compare(kept);
          await this.#removeOthers(kept);
        } catch (error) {
          // A server that is away now is looked for again: the versions that are followed have nothing to do with it.
          if (!canPass(error)) throw error;
        }
        await rest(LOOK_AGAIN, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await Promise.all([this.#building?.running.stop(), this.#comparing?.running.stop(), this.#live?.close()]);
    }
  }

  /** Has built what is to be built, as fast as the live version allows. */
  async #build(kept: readonly Kept[]): Promise<void> {
    const candidate = kept.find(({ role }) => role === 'candidate');
    const building = this.#building;
    if (building && (building.version !== candidate?.version || candidate.does === 'follow')) {
      await building.running.stop();
      this.#building = undefined;
    } else if (building) {
      const isPaused = candidate?.replay?.state === 'paused';
      const { brake } = building;
      if (!isPaused && (await this.#keepsUp(kept[0]!.version, !brake.resting))) brake.goOn();
      else brake.rest();
    } else if (candidate?.does === 'build' && performance.now() >= this.#mayBeginAt) {
      this.#building = this.#begin(candidate);
    }
  }

  #begin({ version, documents, replay }: Kept): Building {
    const { shelf, start, stream, parts, token } = this.#options;
    const { id, sample, source, workers } = replay!;
    const brake = new Brake();
    const upTo = stream.state.recorded.get(id)!.position;
    const task: BuildTask = {
      kind: 'build',
      version,
      documents,
      upTo,
      sample,
      workers,
      source,
      token,
      brake: brake.shared,
    };
    const stored = partedVersion(version, parts);
    let built: BuiltVersion | undefined;
    const running = start(task, (news) => {
      if ('progress' in news) void shelf.say(stored, news.progress).catch(() => undefined);
      else if ('built' in news) built = news.built;
    });
    void running.ended
      .then(
        () => (built ? this.#told(builtFact(id, version, upTo, built)) : undefined),
        (error: unknown) => {
          this.#mayBeginAt = performance.now() + REST;
          if (!canPass(error)) return this.#told(failedFact(id, error));
        },
      )
      .catch(() => undefined)
      .finally(() => {
        if (this.#building?.running === running) this.#building = undefined;
      });
    return { version, brake, running };
  }

  /** Whether the live version keeps up. */
  async #keepsUp(live: string, keptUp: boolean): Promise<boolean> {
    const { shelf, log, parts } = this.#options;
    if (this.#live?.version !== live) {
      await this.#live?.close();
      const opened = await shelf.open(partedVersion(live, parts));
      this.#live = opened && { ...opened, version: live };
    }
    if (!this.#live) return true;
    const { position } = await this.#live.reader.progress();
    const { seconds } = await behind(log, position);
    return seconds <= (keptUp ? BEHIND : CAUGHT_UP);
  }

  #compare(kept: readonly Kept[]): void {
    const { start, stream, token } = this.#options;
    const diff = pendingDiff(stream.state);
    if (!diff || this.#comparing?.diff === diff.id) return;
    const to = kept.find(({ version }) => version === diff.to);
    const { id, from, position } = diff;
    if (!to) {
      this.#comparing = { diff: id, running: ENDED };
      return this.#madeOf(id, notMadeFact(id, new ThroughlineError('diff-failed', `There is no ${diff.to}.`)));
    }
    const sample = to.replay?.sample;
    const task: DiffTask = {
      kind: 'diff',
      diff: id,
      position,
      from,
      to: { version: to.version, documents: to.documents },
      sample,
      token,
    };
    let report: VersionDiff | undefined;
    const running = start(task, (news) => {
      if ('report' in news) report = news.report;
      // If it cannot be told now, the report says the same.
      else if ('released' in news) this.#told(releasedFact(id)).catch(() => undefined);
    });
    this.#comparing = { diff: id, running };
    running.ended.then(
      () => this.#madeOf(id, report ? madeFact(id, report) : notMadeFact(id, undefined)),
      (error: unknown) => this.#madeOf(id, notMadeFact(id, error)),
    );
  }

  /** Tells what came of a comparison; what cannot be told is found out again. */
  #madeOf(diff: string, fact: VersionFact): void {
    this.#told(fact).catch(() => {
      if (this.#comparing?.diff === diff) this.#comparing = undefined;
    });
  }

  /** Removes what is kept no longer, once readers have been given the live version. */
  async #removeOthers(kept: readonly Kept[]): Promise<void> {
    const { shelf, parts } = this.#options;
    const names = new Set(kept.map(({ version }) => partedVersion(version, parts)));
    if ((await shelf.current()) !== partedVersion(kept[0]!.version, parts)) return;
    for (const version of await shelf.list()) {
      if (!names.has(version) && bareVersion(version) !== this.#building?.version) await shelf.remove(version);
    }
  }

  #told(fact: VersionFact): Promise<void> {
    return this.#options.stream.tell(fact);
  }
}

const ENDED: Running = { ended: Promise.resolve(), stop: () => Promise.resolve() };

/** How long building rests when it could not go on for a while, milliseconds. */
const REST = 2_000;

/** Whether another attempt may do better, or another process is at it already. */
function canPass(error: unknown): boolean {
  const code = problemCode(error);
  return code === 'view-taken-over' || (code !== undefined && PROBLEMS[code].retry);
}
