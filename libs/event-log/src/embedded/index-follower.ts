/**
 * A reader's index: the runs that the writer made, and for what has none yet, a part in memory, read from the segments when
 * a question first needs it.
 */
import type { IndexPart } from './index-part.ts';
import { openRuns } from './index-runs.ts';
import { Run } from './run.ts';
import { Scan } from './scan.ts';
import type { SegmentFiles } from './segment-files.ts';
import { TailIndex } from './tail-index.ts';

/** So many sealed segments are kept in memory before new runs are looked for. */
const MAX_WAITING = 2;

export class IndexFollower {
  readonly #files: SegmentFiles;
  #runs: Run[] = [];
  /** No longer of use, but perhaps still among the parts. */
  readonly #retired: Run[] = [];
  /** Ascending; each with the offset up to which it has been read. */
  #tails: { readonly index: TailIndex; end: number }[] = [];
  #end = 0;
  #stale = true;
  readonly #damaged = new Set<string>();
  #parts: readonly IndexPart[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(files: SegmentFiles) {
    this.#files = files;
  }

  /** In the order of the log. */
  get parts(): readonly IndexPart[] {
    return this.#parts;
  }

  /** Resolves once the parts cover the log up to `end`, the durable end. */
  catchUp(end: number): Promise<void> {
    const caughtUp = this.#last.then(() => this.#catchUp(end));
    this.#last = caughtUp.catch(() => undefined);
    return caughtUp;
  }

  /** Does without a damaged run: only the writer can make it again. */
  drop(path: string): void {
    this.#damaged.add(path);
    this.#stale = true;
  }

  close(): void {
    for (const run of [...this.#runs, ...this.#retired]) run.close();
    this.#runs = [];
    this.#parts = [];
  }

  async #catchUp(end: number): Promise<void> {
    if (end <= this.#end && !this.#stale) return;
    this.#files.refresh();
    if (this.#stale || this.#tails.length > MAX_WAITING + 1) this.#takeRuns();
    for (const base of this.#files.bases) {
      if (base >= end || this.#runs.some((run) => run.facts.from <= base && base < run.facts.to)) continue;
      await this.#readTail(base, Math.min(end, this.#files.endOf(base) ?? end));
    }
    // Only now that the new parts cover everything do the old ones go: somebody may ask in between.
    this.#parts = [...this.#runs, ...this.#tails.map((tail) => tail.index)].sort((a, b) => a.from - b.from);
    for (const run of this.#retired.splice(0)) run.close();
    this.#end = end;
    this.#stale = false;
  }

  #takeRuns(): void {
    const open = new Map(this.#runs.map((run) => [run.path, run]));
    const runs = openRuns(this.#files, open).filter((run) => !this.#damaged.has(run.path));
    this.#retired.push(...this.#runs.filter((run) => !runs.includes(run)));
    this.#runs = runs;
    this.#tails = this.#tails.filter(
      ({ index }) => !runs.some((run) => run.facts.from <= index.from && index.from < run.facts.to),
    );
  }

  async #readTail(base: number, end: number): Promise<void> {
    let tail = this.#tails.find(({ index }) => index.from === base);
    if (tail === undefined) {
      tail = { index: new TailIndex(base), end: base };
      this.#tails.push(tail);
    }
    if (tail.end >= end) return;
    const scan = new Scan(this.#files, tail.end);
    try {
      for (let chunk = await scan.next(end); chunk; chunk = await scan.next(end)) {
        for (const start of chunk.starts) tail.index.addRecord(chunk.buffer, start, chunk.base + start);
        tail.end = scan.offset;
      }
    } finally {
      await scan.close();
    }
  }
}
