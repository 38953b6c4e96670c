import { START, ThroughlineError, type VersionDiff } from '@throughline/contracts';
import type { OpenedLog } from '@throughline/event-log';
import { rulesOf, unpartedVersion, type OpenedReader, type VersionShelf } from '@throughline/read-model';
import { pendingDiff, rulesVersion, type VersionFact } from '@throughline/versions';
import { setTimeout as rest } from 'node:timers/promises';
import { Brake } from '../build/brake.ts';
import type { Along, Prepared } from './along-identities.ts';
import { builtFact, failedFact, madeFact, notMadeFact, readyFact, releasedFact } from './facts.ts';
import type { KeptVersions } from './kept-versions.ts';
import { isNoFailure } from './no-failure.ts';
import { keepsPace } from './pace.ts';
import type { BuildTask, BuiltVersion, DiffTask, ProjectionNews, ProjectionTask } from './tasks.ts';
import type { Running } from './running.ts';

export interface ForemanOptions {
  readonly log: OpenedLog;
  readonly shelf: VersionShelf;
  readonly kept: KeptVersions;
  readonly prepared: Prepared;
  /** The name of a version with its parts. */
  readonly inStore: (version: string) => string;
  /** Of the claim to command. */
  readonly token: number;
  start(task: ProjectionTask, onNews: (news: ProjectionNews) => void): Running;
}

/** What is being built. */
interface Building {
  /** Its name in the store, without parts. */
  readonly stored: string;
  readonly brake: Brake;
  readonly running: Running;
}

const LOOK_AGAIN = 200;

/** Builds, compares and removes versions as the control stream says. One at a time of all replicas. */
export class Foreman {
  readonly #options: ForemanOptions;
  #building: Building | undefined;
  #comparing: { readonly diff: string; readonly running: Running } | undefined;
  /** The live version, while something is built beside it. */
  #live: (OpenedReader & { readonly version: string }) | undefined;
  readonly #failed = new AbortController();
  #mayBeginAt = 0;

  constructor(options: ForemanOptions) {
    this.#options = options;
  }

  /** Until the signal aborts. What was begun is ended then, and gone on with by whoever comes next. */
  async work(signal: AbortSignal): Promise<void> {
    const { kept, prepared } = this.#options;
    try {
      while (!signal.aborted) {
        this.#failed.signal.throwIfAborted();
        try {
          const all = await kept.catchUp();
          prepared.keep(all);
          await this.#tellRefused(all);
          await this.#build(all);
          this.#compare(all);
          await this.#removeOthers(all);
          await this.#tellReady(all);
        } catch (error) {
          // A server that is away now is looked for again: the versions that are followed have nothing to do with it.
          if (!isNoFailure(error)) throw error;
        }
        await rest(LOOK_AGAIN, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await Promise.all([this.#building?.running.stop(), this.#comparing?.running.stop(), this.#live?.close()]);
    }
  }

  /** What the code that runs cannot build has failed, and the others go on. */
  async #tellRefused(all: readonly Along[]): Promise<void> {
    const { replay, refused } = all.find(({ role }) => role === 'candidate') ?? {};
    if (refused && replay?.state === 'building') await this.#told(failedFact(replay.id, refused));
  }

  /** Has built what is to be built, as fast as the live version allows. */
  async #build(all: readonly Along[]): Promise<void> {
    const next = await this.#toBuild(all);
    const building = this.#building;
    if (building && building.stored !== next?.stored) {
      await building.running.stop();
      this.#building = undefined;
    } else if (building) {
      const isPaused = next?.does !== 'follow' && next?.replay?.state === 'paused';
      const { brake } = building;
      const live = all[0]!.stored;
      // What readers are to be given gives way to nothing.
      if (!isPaused && (building.stored === live || (await this.#keepsUp(live, !brake.resting)))) brake.goOn();
      else brake.rest();
    } else if (next && next.does !== 'rest' && performance.now() >= this.#mayBeginAt) {
      this.#building = await this.#begin(next);
    }
  }

  /** What is to be followed and is not there yet goes before what is only to be compared. */
  async #toBuild(all: readonly Along[]): Promise<Along | undefined> {
    const { log, prepared } = this.#options;
    for (const each of all) {
      if ((await prepared.lacks(each, each === all[0])) && (await log.head()) !== START) return each;
    }
    return all.find(({ does }) => does !== 'follow');
  }

  async #begin(along: Along): Promise<Building> {
    const { shelf, start, kept, log, inStore, token } = this.#options;
    const { stored, documents, replay } = along;
    // What was built before, along another version of identity, is no longer news.
    const asked = along.does === 'build' ? replay : undefined;
    const brake = new Brake();
    const task: BuildTask = {
      kind: 'build',
      version: stored,
      documents,
      upTo: asked ? kept.own.state.recorded.get(asked.id)!.position : await log.head(),
      sample: asked?.sample,
      workers: replay?.workers,
      source: asked?.source ?? 'copy',
      token,
      brake: brake.shared,
    };
    let built: BuiltVersion | undefined;
    const running = start(task, (news) => {
      if ('progress' in news) void shelf.say(inStore(stored), news.progress).catch(() => undefined);
      else if ('built' in news) built = news.built;
    });
    void running.ended
      .then(
        () => (asked && built ? this.#told(builtFact(asked.id, along.version, task.upTo, built)) : undefined),
        (error: unknown) => {
          this.#mayBeginAt = performance.now() + REST;
          if (!isNoFailure(error)) return asked ? this.#told(failedFact(asked.id, error)) : this.#failed.abort(error);
        },
      )
      .catch(() => undefined)
      .finally(() => {
        if (this.#building?.running === running) this.#building = undefined;
      });
    return { stored, brake, running };
  }

  /** Whether the live version keeps up. */
  async #keepsUp(live: string, keptUp: boolean): Promise<boolean> {
    const { shelf, log, inStore } = this.#options;
    if (this.#live?.version !== live) {
      await this.#live?.close();
      const opened = await shelf.open(inStore(live));
      this.#live = opened && { ...opened, version: live };
    }
    if (!this.#live) return true;
    const { position } = await this.#live.reader.progress();
    return keepsPace(log, position, keptUp);
  }

  #compare(all: readonly Along[]): void {
    const { start, kept, token } = this.#options;
    const diff = pendingDiff(kept.own.state);
    if (!diff || this.#comparing?.diff === diff.id) return;
    const ofName = (name: string) => all.find(({ version, isShown }) => isShown && version === name);
    const { id, position } = diff;
    const [from, to] = [ofName(diff.from), ofName(diff.to)];
    if (!from || !to) {
      this.#comparing = { diff: id, running: ENDED };
      return this.#madeOf(
        id,
        notMadeFact(id, new ThroughlineError('diff-failed', `There is no ${from ? diff.to : diff.from}.`)),
      );
    }
    const sample = to.replay?.sample;
    const task: DiffTask = {
      kind: 'diff',
      diff: id,
      position,
      from: from.stored,
      to: { version: to.stored, documents: to.documents },
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
  async #removeOthers(all: readonly Along[]): Promise<void> {
    const { shelf, inStore } = this.#options;
    const names = new Set(all.map(({ stored }) => inStore(stored)));
    if ((await shelf.current()) !== inStore(all[0]!.stored)) return;
    for (const version of await shelf.list()) {
      if (!names.has(version) && unpartedVersion(version) !== this.#building?.stored) await shelf.remove(version);
    }
  }

  /** Tells once this projection has what the views of all are to go over to. */
  async #tellReady(all: readonly Along[]): Promise<void> {
    const { kept, shelf, inStore, prepared } = this.#options;
    const { projection, identity } = kept;
    const { switching } = identity.state;
    if (!switching?.awaited.has(projection)) return;
    const next = all.find(({ role, stored }) => role === 'live' && rulesOf(stored) === rulesVersion(switching.to));
    if (!next || !(await prepared.has(next))) return;
    const opened = await shelf.open(inStore(next.stored));
    const progress = await opened?.reader.progress().finally(() => opened.close());
    if (progress && progress.position >= switching.position) await identity.tell(readyFact(switching.id, projection));
  }

  #told(fact: VersionFact): Promise<void> {
    return this.#options.kept.own.tell(fact);
  }
}

const ENDED: Running = { ended: Promise.resolve(), stop: () => Promise.resolve() };

/** How long building rests when it could not go on for a while, milliseconds. */
const REST = 2_000;
