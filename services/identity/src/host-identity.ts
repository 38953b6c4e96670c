/**
 * Identity, version beside version, as its control stream says (ADR 15): each that is kept decides in a thread of its own, into its own stream of
 * decisions. What is built beside rests while the one that decides for readers is behind.
 */
import { canPass, IDENTITY, NAMESPACE, START, uuidv5, type IdentityDiff, type Position } from '@throughline/contracts';
import { openLogAt, type Followed, type LogWriter, type OpenedLog } from '@throughline/event-log';
import {
  Brake,
  failedFact,
  isNoFailure,
  keepsPace,
  madeFact,
  notMadeFact,
  VersionRuns,
  VersionStream,
  type Running,
} from '@throughline/projection';
import { removeIdentityAt } from '@throughline/read-model';
import {
  identityName,
  keptVersions,
  namesGiven,
  pendingDiff,
  rulesVersion,
  type Kept,
  type VersionFact,
} from '@throughline/versions';
import { setTimeout as rest } from 'node:timers/promises';
import type { IdentityNews, IdentityPlace, IdentityTask } from './tasks.ts';

export interface HostIdentity {
  readonly place: IdentityPlace;
  readonly writer: LogWriter;
  readonly signal: AbortSignal;
  /** Begins a task in a thread. */
  start(task: IdentityTask, onNews: (news: IdentityNews) => void): Running;
  /** Of the version that decides for readers. */
  onFollowed(followed: Followed): void;
  /** Whether this replica is the one that decides for readers. */
  onDecides(decides: boolean): void;
}

/** How often the control stream is looked at, milliseconds. */
const LOOK_AGAIN = 200;

/**
 * @throws what the version that decides for readers failed with, or the log.
 */
export async function hostIdentity(host: HostIdentity): Promise<void> {
  const log = await openLogAt(host.place.log);
  try {
    await new Hosting(host, log).run();
  } finally {
    await log.close();
  }
}

class Hosting {
  readonly #host: HostIdentity;
  readonly #log: OpenedLog;
  readonly #ledger: VersionStream;
  readonly #runs: VersionRuns;
  readonly #brakes = new Map<string, Brake>();
  /** How far each version that this replica decides by has come. */
  readonly #through = new Map<string, Position>();
  readonly #removed = new Set<string>();
  #live = '';
  #comparing: { readonly diff: string; readonly running: Running } | undefined;

  constructor(host: HostIdentity, log: OpenedLog) {
    this.#host = host;
    this.#log = log;
    this.#ledger = new VersionStream(log, host.writer, { projection: IDENTITY, hash: identityName });
    this.#runs = new VersionRuns((version) => version !== this.#live);
  }

  async run(): Promise<void> {
    const { signal } = this.#host;
    const ending = AbortSignal.any([signal, this.#runs.failed]);
    try {
      while (!ending.aborted) {
        try {
          await this.#round();
        } catch (error) {
          // While the log or Redis is away, whoever decides waits for it, and nothing else is begun or ended.
          if (this.#live === '' || !canPass(error)) throw error;
        }
        await rest(LOOK_AGAIN, undefined, { signal: ending }).catch(() => undefined);
      }
    } finally {
      for (const brake of this.#brakes.values()) brake.goOn();
      await Promise.all([this.#runs.stopAll(), this.#comparing?.running.stop()]);
    }
    if (!signal.aborted) this.#runs.failed.throwIfAborted();
  }

  async #round(): Promise<void> {
    const kept = keptVersions(await this.#ledger.catchUp(), identityName);
    this.#live = kept[0]!.version;
    await this.#decide(kept);
    await this.#tellBuilt(kept);
    this.#compare();
    await this.#removeOthers(kept);
  }

  async #decide(kept: readonly Kept[]): Promise<void> {
    const deciding = kept.filter(({ does }) => does !== 'rest');
    const beside = deciding.find(({ role }) => role === 'candidate')?.version;
    // What is to end, or is no longer beside another, cannot while it rests.
    for (const [version, brake] of this.#brakes) if (version !== beside) brake.goOn();
    this.#runs.keep(new Map(deciding.map((each) => [each.version, () => this.#begin(each)])));
    const brake = beside === undefined ? undefined : this.#brakes.get(beside);
    if (!brake) return;
    if (await this.#keepsUp(!brake.resting)) brake.goOn();
    else brake.rest();
  }

  /** Whether the version that decides for readers does, as far as this replica knows. */
  async #keepsUp(keptUp: boolean): Promise<boolean> {
    const through = this.#through.get(this.#live);
    return through === undefined || keepsPace(this.#log, through, keptUp);
  }

  #begin({ version, documents, role, replay }: Kept): Running {
    const { start, onFollowed, onDecides } = this.#host;
    const isBeside = role === 'candidate';
    const brake = new Brake();
    this.#brakes.set(version, brake);
    const running = start({ kind: 'decide', version, documents, isBeside, brake: brake.shared }, (news) => {
      if ('begins' in news) this.#through.set(version, news.begins);
      else if ('followed' in news) this.#through.set(version, news.followed.through);
      else if ('decides' in news && !news.decides) this.#through.delete(version);
      if (version !== this.#live) return;
      if ('followed' in news) onFollowed(news.followed);
      else if ('decides' in news) onDecides(news.decides);
    });
    running.ended
      .catch((error: unknown) => {
        // What is only away is tried again.
        if (replay && isBeside && !isNoFailure(error)) return this.#ledger.tell(failedFact(replay.id, error));
      })
      .catch(() => undefined)
      .finally(() => this.#through.delete(version));
    return running;
  }

  /** Built is what has decided on all that was there when it was asked for. */
  async #tellBuilt(kept: readonly Kept[]): Promise<void> {
    const candidate = kept.find(({ role }) => role === 'candidate');
    if (candidate?.replay?.state !== 'building') return;
    const { id, since } = candidate.replay;
    const { position } = this.#ledger.state.recorded.get(id)!;
    const through = this.#through.get(candidate.version) ?? START;
    if (through < position) return;
    const data = { replay: id, version: candidate.version, through: position, seconds: (Date.now() - since) / 1000 };
    await this.#ledger.tell({ id: uuidv5(NAMESPACE.control, `replay.built ${id}`), type: 'replay.built', data });
  }

  /** Whoever decides by the candidate compares. */
  #compare(): void {
    const diff = pendingDiff(this.#ledger.state);
    if (!diff || this.#comparing?.diff === diff.id || !this.#through.has(diff.to)) return;
    const { id, from, to, position } = diff;
    let report: IdentityDiff | undefined;
    const running = this.#host.start({ kind: 'compare', position, from, to }, (news) => {
      if ('report' in news) report = news.report;
    });
    this.#comparing = { diff: id, running };
    running.ended
      .then(
        () => (report ? madeFact(id, report) : notMadeFact(id, undefined)),
        (error: unknown) => notMadeFact(id, error),
      )
      .then((fact: VersionFact) => this.#ledger.tell(fact))
      // What cannot be told is found out again.
      .catch(() => {
        if (this.#comparing?.diff === id) this.#comparing = undefined;
      });
  }

  /** Their decisions stay in the log for ever. */
  async #removeOthers(kept: readonly Kept[]): Promise<void> {
    const { views, graph: dir } = this.#host.place;
    const names = new Set(kept.map(({ version }) => version));
    for (const name of namesGiven(this.#ledger.state, identityName)) {
      if (names.has(name)) this.#removed.delete(name);
      else if (!this.#removed.has(name) && this.#runs.isIdle(name)) {
        await removeIdentityAt(views, { dir, rules: rulesVersion(name) });
        this.#removed.add(name);
      }
    }
  }
}
