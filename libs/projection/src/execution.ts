import type { Day, Position, ProjectionDefinition } from '@throughline/contracts';
import type { Batch, LogReader, LogWriter, RecordedEvent } from '@throughline/event-log';
import type { Checkpoint, Finished, Parked, Progress, SubjectRow, ViewChanges, ViewStore } from '@throughline/read-model';
import { finishCustomers } from './customer-stage.ts';
import { Membership } from './membership.ts';
import { Moves } from './moves.ts';
import { announceParked } from './parked-events.ts';
import { ReadThrough } from './read-through.ts';
import type { ProjectionReport } from './report.ts';
import type { Limits } from './limits.ts';
import { sortBatch } from './sorted-batch.ts';
import { foldSubjects } from './subject-stage.ts';

const DAY_MS = 86_400_000;

export interface ExecutionOptions<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  readonly log: LogReader;
  readonly writer?: LogWriter | undefined;
  readonly store: ViewStore;
  readonly limits: Limits;
  /** The stream of decisions that is followed. */
  readonly identity: string;
  readonly onProgress?: (report: ProjectionReport) => void;
}

/**
 * One version of one projection, and one shard of it: all. Takes batches through the two stages.
 *
 * ```
 *            take(batch), few customers touched          take(batch), many touched, or a tick
 * settled ────────────────────────────────▶ settled ─────────────────────────────────▶ finishing
 *    ▲                                                                                  │  ▲
 *    └──────────────────── finishSlice(), none left ────────────────────────────────────┘  └── finishSlice(), take(batch)
 * ```
 *
 * While finishing, the customers left are on record (the touched list; the index by next change), the checkpoint has moved
 * on, and readers are still told the position before: a crash between the stages loses nothing and tells nobody too much.
 */
export class Execution<F, V> {
  readonly #options: ExecutionOptions<F, V>;
  readonly #rows: ReadThrough<SubjectRow<F>>;
  readonly #membership: Membership;
  readonly #moves: Moves;
  #checkpoint: Checkpoint;
  #touchedLeft: boolean;
  #dueLeft: boolean;
  #told: Progress;
  #events = 0;
  #customers = 0;
  #recordedAt: number | undefined;

  static async begin<F, V>(options: ExecutionOptions<F, V>): Promise<Execution<F, V>> {
    const { store } = options;
    const checkpoint = await store.checkpoint();
    const told = await store.progress();
    const due = checkpoint.ticked ? await store.due(checkpoint.day!, 1) : [];
    // Readers not told of the checkpoint: the run before ended between the stages, with customers left or none.
    const left = { touched: told.position !== checkpoint.position, due: due.length > 0 };
    const moves = new Moves(await store.moves());
    return new Execution(options, { checkpoint, left, moves, told });
  }

  private constructor(options: ExecutionOptions<F, V>, { checkpoint, left, moves, told }: Resumed) {
    const { store, limits } = options;
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#touchedLeft = left.touched;
    this.#dueLeft = left.due;
    this.#moves = moves;
    this.#told = told;
    this.#rows = new ReadThrough((subjects) => store.subjects<F>(subjects), limits.hot);
    this.#membership = new Membership(store, limits.hot);
  }

  /** Everything at or before it is folded. */
  get position(): Position {
    return this.#checkpoint.position;
  }

  /** No customer is left to finish. */
  get settled(): boolean {
    return !this.#touchedLeft && !this.#dueLeft;
  }

  /** Folds a batch, and finishes the customers it touched where they are few enough for the same commit. */
  async take(batch: Batch): Promise<void> {
    const { definition, log, store, limits, identity } = this.#options;
    const since = this.#checkpoint.position;
    const events = batch.events.filter(({ position }) => position > since);
    const sorted = sortBatch(events, identity);
    const touchedByIdentity = await this.#membership.apply(sorted.decisions);
    const { changed, cells, parked } = await foldSubjects(
      { definition, log, rows: this.#rows, moves: this.#moves, committedRows: (subjects) => store.subjects<F>(subjects) },
      { ...sorted, since, through: batch.through },
    );
    const touched = new Set([...touchedByIdentity, ...(await this.#membership.customersOf(changed))]);

    this.#checkpoint = after(this.#checkpoint, batch.through, sorted.opened, events[0]);
    if (sorted.opened !== undefined) this.#dueLeft = true;
    this.#events += events.length;
    this.#recordedAt = events.at(-1)?.recordedAt ?? this.#recordedAt;

    if (touched.size <= limits.slice) {
      const customers = [...touched];
      await this.#commit(customers, { cells, parked, ...(this.#touchedLeft && { finished: customers }) });
    } else {
      this.#touchedLeft = true;
      await this.#commit([], { cells, parked, touched });
    }
  }

  /** Finishes some of the customers that are left. */
  async finishSlice(): Promise<void> {
    const { store, limits } = this.#options;
    if (this.#touchedLeft) {
      const finished = await store.touched(limits.slice);
      this.#touchedLeft = finished.length === limits.slice;
      await this.#commit(finished, { finished });
    } else {
      const due = await store.due(this.#checkpoint.day!, limits.slice);
      this.#dueLeft = due.length === limits.slice;
      await this.#commit(due, {});
    }
  }

  /** The customer stage for these customers, in one commit with whatever the subject stage has ready. */
  async #commit(
    customers: readonly string[],
    staged: Pick<ViewChanges<F>, 'cells' | 'parked' | 'touched' | 'finished'>,
  ): Promise<void> {
    const { definition, onProgress, store } = this.#options;
    const { day, ticked, position } = this.#checkpoint;
    const stage = { definition, rows: this.#rows, membership: this.#membership };
    const contributions: ReadonlyMap<string, Finished | undefined> =
      customers.length > 0 ? await finishCustomers(stage, customers, { day: day!, ticked }) : new Map();
    await this.#announce(staged.parked, contributions);
    await store.commit({
      ...staged,
      checkpoint: this.#checkpoint,
      settled: this.settled,
      subjects: this.#rows.changes,
      standing: this.#membership.standing.changes,
      members: this.#membership.members.changes,
      moves: this.#moves.changes,
      contributions,
    });
    this.#rows.committed();
    this.#membership.committed();
    this.#moves.committed();
    this.#customers += customers.length;
    if (this.settled) this.#told = { position, day };
    if (onProgress) onProgress(await this.#report());
  }

  async #announce(
    parked: ReadonlyMap<string, Parked | undefined> | undefined,
    contributions: ReadonlyMap<string, Finished | undefined>,
  ): Promise<void> {
    const { log, store, writer } = this.#options;
    if (writer === undefined) return;
    const entries = [...(parked?.values() ?? [])].filter((entry) => entry !== undefined);
    for (const [customer, contribution] of contributions) {
      const error = contribution?.failed;
      if (error !== undefined) entries.push({ id: customer, stage: 'view', of: customer, error });
    }
    if (entries.length > 0) await announceParked({ log, writer }, store, entries, this.#recordedAt ?? 0);
  }

  async #report(): Promise<ProjectionReport> {
    const { store } = this.#options;
    return {
      projection: store.projection,
      version: store.version,
      promoted: store.promoted,
      position: this.#told.position,
      day: this.#told.day,
      events: this.#events,
      customers: this.#customers,
      parked: await store.parkedCount(),
      recordedAt: this.#recordedAt,
    };
  }
}

/** Where a run before this one left off. */
interface Resumed {
  readonly checkpoint: Checkpoint;
  readonly left: { readonly touched: boolean; readonly due: boolean };
  readonly moves: Moves;
  readonly told: Progress;
}

/** The checkpoint after a batch. Ticks only ever move the day on; before the first one it is the day the log began, UTC. */
function after(before: Checkpoint, position: Position, opened: Day | undefined, first: RecordedEvent | undefined): Checkpoint {
  if (opened !== undefined) {
    return { position, day: before.ticked ? Math.max(before.day!, opened) : opened, ticked: true };
  }
  return { ...before, position, day: before.day ?? (first && Math.floor(first.recordedAt / DAY_MS)) };
}
