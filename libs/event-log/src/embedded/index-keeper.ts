/**
 * The writer's index. The newest segment's part, and that of any segment whose run is not made yet, is in memory; the rest
 * is runs. A sealed segment becomes a run of level 0; four neighbours of one level become one of the next, so there are at
 * most three runs a level and their number grows with the logarithm of the log.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { IndexDamaged, type IndexPart } from './index-part.ts';
import { indexDir, indexFiles, openRuns } from './index-runs.ts';
import { IndexThread } from './index-thread.ts';
import { runName } from './run-format.ts';
import { Run } from './run.ts';
import type { RunJob } from './run-writer.ts';
import type { SegmentFiles } from './segment-files.ts';
import { TailIndex } from './tail-index.ts';

const FAN_IN = 4;
/** So many sealed segments may wait for their runs, in memory; then the writer waits. */
const MAX_WAITING = 4;

export class IndexKeeper {
  readonly #files: SegmentFiles;
  readonly #thread = new IndexThread();
  #parts: IndexPart[];
  #active: TailIndex;
  /** Segments before this base are sealed and durable. */
  #sealedTo: number;
  #tending: Promise<void> | undefined;
  #repairs = new Map<string, Promise<void>>();
  #failure: unknown;
  #closing = false;

  private constructor(files: SegmentFiles, runs: readonly Run[], active: TailIndex) {
    this.#files = files;
    this.#parts = [...runs, active];
    this.#active = active;
    this.#sealedTo = active.from;
  }

  /**
   * Takes the runs there are, makes those that are missing or damaged, and removes what is no longer of use.
   *
   * @param active the part of the log's last segment.
   * @throws ThroughlineError `log-corrupt` when a segment that needs a new run is damaged.
   */
  static async open(files: SegmentFiles, active: TailIndex): Promise<IndexKeeper> {
    mkdirSync(indexDir(files.dir), { recursive: true });
    const runs = openRuns(files);
    const used = new Set(runs.map((run) => run.path));
    for (const path of indexFiles(files.dir)) if (!used.has(path)) rmSync(path);
    const keeper = new IndexKeeper(files, runs, active);
    try {
      const covered = (base: number) => runs.some((run) => run.facts.from <= base && base < run.facts.to);
      for (const base of files.bases)
        if (base < active.from && !covered(base)) keeper.#replace(await keeper.#build(base), base);
    } catch (error) {
      await keeper.close();
      throw error;
    }
    keeper.#tend();
    return keeper;
  }

  /** In the order of the log. */
  get parts(): readonly IndexPart[] {
    return this.#parts;
  }

  get active(): TailIndex {
    return this.#active;
  }

  get events(): number {
    return this.#parts.reduce((sum, part) => sum + part.events, 0);
  }

  get memory(): number {
    return this.#parts.reduce((sum, part) => sum + part.memory, 0);
  }

  /** What is added from now on stands in the segment that begins here. */
  roll(base: number): void {
    this.#active = new TailIndex(base);
    this.#parts = [...this.#parts, this.#active];
  }

  /** Forgets everything at or after `end`; the segment that begins at `base` is the last one again. */
  rollBack(base: number, end: number): void {
    this.#parts = this.#parts.filter((part) => part.from <= base);
    this.#active = this.#parts[this.#parts.length - 1] as TailIndex;
    this.#active.truncate(end);
  }

  /** All segments before this base are whole and durable: their runs can be made. */
  sealed(base: number): void {
    this.#sealedTo = base;
    this.#failure = undefined;
    this.#tend();
  }

  /** Whether too many sealed segments are without a run. */
  get full(): boolean {
    return this.#parts.length > MAX_WAITING && this.#waiting().length > MAX_WAITING;
  }

  /**
   * Waits while too many sealed segments are without a run.
   *
   * @throws what the making of runs failed with, when it did.
   */
  async room(): Promise<void> {
    while (this.full) {
      this.#tend();
      await this.#tending;
      if (this.#failure !== undefined) {
        const failure = this.#failure;
        this.#failure = undefined;
        throw failure;
      }
    }
  }

  /** Makes a damaged run again from its segments. */
  repair(path: string): Promise<void> {
    let repair = this.#repairs.get(path);
    if (repair === undefined) {
      repair = this.#repair(path).finally(() => this.#repairs.delete(path));
      this.#repairs.set(path, repair);
    }
    return repair;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#thread.close();
    await this.#tending;
    for (const part of this.#parts) if (part instanceof Run) part.close();
  }

  #waiting(): TailIndex[] {
    return this.#parts.filter((part) => part instanceof TailIndex && part.from < this.#sealedTo) as TailIndex[];
  }

  #tend(): void {
    this.#tending ??= Promise.resolve().then(() => this.#work());
  }

  async #work(): Promise<void> {
    try {
      for (let job = this.#nextJob(); job && !this.#closing; job = this.#nextJob()) await job();
    } catch (error) {
      this.#failure = error;
    }
    // In the same breath as the last look for a job: one that comes later starts the next round.
    this.#tending = undefined;
  }

  #nextJob(): (() => Promise<void>) | undefined {
    const [oldest] = this.#waiting();
    if (oldest) return async () => this.#replace(await this.#build(oldest.from), oldest.from);
    const mergeable = mergeableRuns(this.#parts);
    return mergeable && (() => this.#merge(mergeable));
  }

  async #merge(runs: readonly Run[]): Promise<void> {
    const from = runs[0]!.facts.from;
    const target = this.#path(from, runs[runs.length - 1]!.facts.to);
    try {
      await this.#make({ kind: 'merge', runs: runs.map((run) => run.path), target });
    } catch (error) {
      if (!(error instanceof IndexDamaged)) throw error;
      await this.repair(error.path);
      return;
    }
    this.#replace(new Run(target), from);
    for (const run of runs) rmSync(run.path, { force: true });
  }

  async #repair(path: string): Promise<void> {
    const run = this.#parts.find((part) => part instanceof Run && part.path === path) as Run | undefined;
    if (run === undefined) return;
    const bases = this.#files.bases.filter((base) => run.facts.from <= base && base < run.facts.to);
    const made: Run[] = [];
    for (const base of bases) made.push(await this.#build(base));
    if (made.length > 1) rmSync(path, { force: true });
    if (!this.#parts.includes(run)) {
      // A merge took its place in the meantime.
      for (const unused of made) unused.close();
      return;
    }
    this.#parts = this.#parts.flatMap((part) => (part === run ? made : [part]));
    run.close();
    this.#tend();
  }

  /** The run of one sealed segment. */
  async #build(from: number): Promise<Run> {
    const to = this.#files.endOf(from)!;
    const target = this.#path(from, to);
    await this.#make({ kind: 'build', segment: this.#files.path(from), from, to, target });
    return new Run(target);
  }

  #make(job: RunJob): Promise<void> {
    return this.#thread.make(job);
  }

  /** Puts a run in the place of all parts that it covers. */
  #replace(run: Run, from: number): void {
    const covered = (part: IndexPart) => part.from >= from && part.from < run.facts.to;
    const old = this.#parts.filter(covered);
    this.#parts = [...this.#parts.filter((part) => !covered(part)), run].sort((a, b) => a.from - b.from);
    for (const part of old) if (part instanceof Run) part.close();
  }

  #path(from: number, to: number): string {
    return join(indexDir(this.#files.dir), runName(from, to));
  }
}

/** The newest neighbours that are due to become one. */
function mergeableRuns(parts: readonly IndexPart[]): readonly Run[] | undefined {
  for (let end = parts.length; end >= FAN_IN; end--) {
    const window = parts.slice(end - FAN_IN, end);
    const runs = window.filter((part) => part instanceof Run) as Run[];
    if (runs.length === FAN_IN && runs.every((run) => run.facts.level === runs[0]!.facts.level)) return runs;
  }
  return undefined;
}
