import {
  IDENTITY,
  projectionStream,
  repairsStream,
  START,
  subjectOf,
  Tallying,
  ThroughlineError,
  touchpointStream,
  type Day,
  type Decision,
  type Position,
  type ProjectionDefinition,
} from '@throughline/contracts';
import {
  CauseNotes,
  idWords,
  originOf,
  type Batch,
  type LogReader,
  type LogWriter,
  type ParkedNote,
  type Watch,
} from '@throughline/event-log';
import {
  CellSums,
  type Checkpoint,
  type Finished,
  type Parked,
  type Progress,
  type SubjectRow,
} from '@throughline/read-model';
import type { ViewChanges, ViewStore } from '@throughline/read-model';
import { controlStreams, firstDay } from './control-streams.ts';
import { finishCustomers } from './customer-stage.ts';
import type { Limits } from './limits.ts';
import { Membership } from './membership.ts';
import { Moves } from './moves.ts';
import { announceParked } from './parked-events.ts';
import { ReadThrough } from './read-through.ts';
import { clearedUpTo, repairsIn } from './repairs.ts';
import type { ProjectionReport } from './report.ts';
import { isOwn, ownStreams, type Share } from './share.ts';
import { sortBatch } from './sorted-batch.ts';
import { foldSubjects } from './subject-stage.ts';

/** Of what a commit parks, so much is told one by one. */
const MOST_TOLD = 20;

export interface ExecutionOptions<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  readonly log: LogReader;
  readonly writer?: LogWriter | undefined;
  readonly store: ViewStore;
  readonly limits: Limits;
  /** The stream of decisions that is followed. */
  readonly identity: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (report: ProjectionReport) => void;
  readonly watch?: Watch | undefined;
  readonly tells?: boolean;
  readonly share?: Share | undefined;
}

/**
 * One version of one projection, or one writer's share of it. Takes batches through the two stages.
 *
 * ```
 *            fold(batch)            commit(), a slice of customers touched
 * settled ───────────────▶ folded ─────────────────────────────────────────▶ settled
 *    ▲                      │  ▲
 *    │    commit(), more    │  │ fold(batch)
 *    │    touched, or a day │  │
 *    │    opened            ▼  │
 *    └─────────────────── finishing ◀─┐
 *      finish(), none left      └─────┘ finish(), some left
 * ```
 *
 * While finishing, the customers left are on record (the touched list; the index by next change), the checkpoint has moved
 * on, and readers are still told the position before: a crash between the stages loses nothing and tells nobody too much.
 *
 * A customer belongs to one share, and the subjects it is made of may belong to others. Whoever changes a fragment touches the
 * customer where it knows it to stand, by handing it over where that is another share; whoever learns of a decision touches
 * the customers of its own that gain or lose a key, and those with whom subjects of its own now stand, since their shares may
 * have finished them from what was folded before. So whichever of two shares is ahead, the last to learn finishes them right.
 */
export class Execution<F, V> {
  readonly #options: ExecutionOptions<F, V>;
  readonly #rows: ReadThrough<SubjectRow<F>>;
  readonly #membership: Membership;
  readonly #notes: CauseNotes | undefined;
  readonly #moves: Moves;
  readonly #cleared: Set<string>;
  readonly #tallying: Tallying;
  #staged: Staged | undefined;
  #checkpoint: Checkpoint;
  /** Of the last commit. */
  #since: Position;
  #touchedLeft: boolean;
  #dueLeft: boolean;
  #told: Progress;
  #streams: readonly string[];
  #events = 0;
  /** Events taken by commits. */
  #committed = 0;
  #customers = 0;
  #recordedAt: number | undefined;

  /** @throws ThroughlineError `other-log` when what is stored was folded from another log than this one. */
  static async begin<F, V>(options: ExecutionOptions<F, V>): Promise<Execution<F, V>> {
    const { log, signal, store } = options;
    const checkpoint = await store.checkpoint();
    if (checkpoint.position > START && checkpoint.log !== (await originOf(log, signal)) && !signal.aborted) {
      throw new ThroughlineError('other-log', `${store.projection} ${store.version}.`);
    }
    const told = await store.progress();
    const due = checkpoint.ticked ? await store.due(checkpoint.day!, 1) : [];
    // Readers not told of the checkpoint: the run before ended between the stages, with customers left or none.
    const left = { touched: told.position !== checkpoint.position, due: due.length > 0 };
    const moves = new Moves(await store.moves());
    const cleared = await clearedUpTo(log, options.definition.name, checkpoint.position);
    return new Execution(options, { checkpoint, left, moves, cleared, told });
  }

  private constructor(options: ExecutionOptions<F, V>, { checkpoint, left, moves, cleared, told }: Resumed) {
    const { store, limits } = options;
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#tallying = new Tallying(checkpoint.tally);
    this.#since = checkpoint.position;
    this.#touchedLeft = left.touched;
    this.#dueLeft = left.due;
    this.#moves = moves;
    this.#cleared = cleared;
    this.#told = told;
    this.#rows = new ReadThrough((subjects) => store.subjects<F>(subjects), limits.hot);
    this.#membership = new Membership(store, limits.hot);
    this.#notes = options.watch?.causes ? new CauseNotes() : undefined;
    this.#streams = this.#wanted();
  }

  /** The streams to be followed, by the beginnings of their names; another list when there are others than before. */
  get streams(): readonly string[] {
    return this.#streams;
  }

  /** Everything at or before it is folded. */
  get position(): Position {
    return this.#checkpoint.position;
  }

  /** Something is folded and not committed. */
  get folded(): boolean {
    return this.#staged !== undefined;
  }

  /** Folding on would make the next commit too large, or too late. */
  get full(): boolean {
    const { slice, patience } = this.#options.limits;
    const staged = this.#staged;
    return staged !== undefined && (staged.touched.size >= slice || performance.now() - staged.since >= patience);
  }

  /** Customers are left to finish. */
  get finishing(): boolean {
    return this.#touchedLeft || this.#dueLeft;
  }

  /** The subject stage for a batch. It is kept by the next `commit`, with whatever else was folded by then. */
  async fold(batch: Batch): Promise<void> {
    const { definition, log, identity, signal } = this.#options;
    const staged = (this.#staged ??= {
      touched: new Set(),
      handed: new Set(),
      cells: new CellSums(),
      parked: new Map(),
      since: performance.now(),
      startedAt: Date.now(),
    });
    const since = this.#checkpoint.position;
    const events = batch.events.filter(({ position }) => position > since);
    const sorted = sortBatch(events, identity);
    const repairs = repairsIn(events, definition.name);
    for (const id of repairs.cleared) this.#cleared.add(id);
    const stood = await this.#membership.apply(sorted.decisions);
    const { changed, parked } = await foldSubjects(
      {
        definition,
        log,
        rows: this.#rows,
        moves: this.#moves,
        owns: this.#owns,
        cells: staged.cells,
        cleared: this.#cleared,
      },
      { ...sorted, repairs, since, through: batch.through },
    );
    await this.#touch(staged, stood, changed, sorted.decisions);
    for (const customer of repairs.customers) if (this.#owns(customer)) staged.touched.add(customer);
    for (const [id, entry] of parked) staged.parked.set(id, entry);
    this.#count(events);
    const origin = this.#checkpoint.log ?? (await originOf(log, signal));
    this.#checkpoint = {
      ...after(this.#checkpoint, batch.through, sorted.opened),
      ...(origin !== undefined && { log: origin }),
      tally: this.#tallying.tally,
    };
    if (events.length > 0) await this.#beginDay();
    if (sorted.moves.length > 0) this.#streams = this.#wanted();
    if (sorted.opened !== undefined) this.#dueLeft = true;
    this.#notes?.note(events);
    this.#events += events.length;
    this.#recordedAt = events.at(-1)?.recordedAt ?? this.#recordedAt;
  }

  /** Commits what is folded, with the customers it touched where they are few enough; otherwise these are left, on record. */
  async commit(): Promise<void> {
    const { touched, handed: customersElsewhere, cells, parked, startedAt } = this.#staged!;
    this.#staged = undefined;
    const handed = customersElsewhere.size > 0 && { handed: { since: this.#since, customers: customersElsewhere } };
    if (touched.size <= this.#options.limits.slice) {
      const customers = [...touched];
      const finished = this.#touchedLeft && { finished: customers };
      await this.#write(customers, { cells, parked, ...finished, ...handed }, startedAt);
    } else {
      this.#touchedLeft = true;
      await this.#write([], { cells, parked, touched, ...handed }, startedAt);
    }
  }

  /** Finishes customers whom other shares handed over. Nothing may be folded that is not committed. */
  async takeIn(): Promise<void> {
    const { share, limits } = this.#options;
    if (!share) return;
    const handed = await share.neighbours.handed(Math.ceil(limits.slice / share.part.of));
    if (handed.length === 0) return;
    await this.#beginDay();
    await this.#write([...new Set(handed.map(({ customer }) => customer))], {});
    await share.neighbours.finished(handed);
  }

  /** Whether readers could be given this version: every share of it has come so far. */
  async hasReached(position: Position): Promise<boolean> {
    if (this.folded || this.finishing || this.position < position) return false;
    const { share } = this.#options;
    return share === undefined || (await share.neighbours.progress()) >= position;
  }

  /** Finishes a slice of the customers that are left. */
  async finish(): Promise<void> {
    const { store, limits } = this.#options;
    if (this.#touchedLeft) {
      const finished = await store.touched(limits.slice);
      this.#touchedLeft = finished.length === limits.slice;
      await this.#write(finished, { finished });
    } else {
      const due = await store.due(this.#checkpoint.day!, limits.slice);
      this.#dueLeft = due.length === limits.slice;
      await this.#write(due, {});
    }
  }

  /** Commits and finishes everything that has been folded: readers are told the position of the last of it. */
  async settle(): Promise<void> {
    if (this.folded) await this.commit();
    while (this.finishing) await this.finish();
  }

  /** Gives readers this version. */
  async promote(): Promise<void> {
    const { onProgress, store } = this.#options;
    await store.promote();
    onProgress?.(await this.#report());
  }

  readonly #owns = (id: string): boolean => isOwn(this.#options.share, id);

  #wanted(): readonly string[] {
    const { definition, identity, share } = this.#options;
    const elsewhere = share ? this.#moves.homesOutside(this.#owns).map(touchpointStream) : [];
    return [...ownStreams(share), ...elsewhere, ...controlStreams(identity), ...controlsOf(definition.name)];
  }

  /** What was moved here from another share's subjects is counted there. */
  #count(events: Batch['events']): void {
    for (const event of events) {
      const subject = subjectOf(event.stream);
      if (subject !== undefined && this.#owns(subject)) this.#tallying.add(idWords(event));
    }
  }

  /**
   * @param stood Customers that gained or lost a key.
   * @param changed Own subjects with another fragment.
   */
  async #touch(
    { touched, handed }: Staged,
    stood: ReadonlySet<string>,
    changed: ReadonlySet<string>,
    decisions: readonly Decision[],
  ): Promise<void> {
    // Of the others' customers, the others hear by the same decisions.
    for (const customer of stood) if (this.#owns(customer)) touched.add(customer);
    const subjects = new Set(changed);
    if (this.#options.share) {
      for (const { key } of decisions.flatMap(({ keys }) => keys)) if (this.#owns(key)) subjects.add(key);
    }
    for (const customer of await this.#membership.customersOf(subjects)) {
      if (this.#owns(customer)) touched.add(customer);
      else handed.add(customer);
    }
  }

  async #beginDay(): Promise<void> {
    if (this.#checkpoint.day !== undefined) return;
    const day = await firstDay(this.#options.log, this.#options.identity);
    this.#checkpoint = { ...this.#checkpoint, day };
  }

  /** The customer stage for these customers, in one commit with whatever the subject stage has ready. */
  async #write(
    customers: readonly string[],
    staged: Pick<ViewChanges<F>, 'cells' | 'parked' | 'touched' | 'finished' | 'handed'>,
    startedAt = Date.now(),
  ): Promise<void> {
    const { definition, onProgress, share, store, tells } = this.#options;
    const { day, ticked, position } = this.#checkpoint;
    const stage = { definition, rows: this.#rows, membership: this.#membership, share };
    const contributions: ReadonlyMap<string, Finished | undefined> =
      customers.length > 0 ? await finishCustomers(stage, customers, { day: day!, ticked }) : new Map();
    const announced = await this.#announce(staged.parked, contributions);
    await store.commit({
      ...staged,
      checkpoint: this.#checkpoint,
      settled: !this.finishing,
      subjects: this.#rows.changes,
      standing: this.#membership.standing.changes,
      members: this.#membership.members.changes,
      moves: this.#moves.changes,
      contributions,
      ...(tells && store.promoted && { tells: { into: await this.#into(contributions) } }),
    });
    this.#rows.committed();
    this.#membership.committed();
    this.#moves.committed();
    this.#since = position;
    this.#customers += customers.length;
    if (!this.finishing) this.#told = { position, day };
    onProgress?.(await this.#report());
    this.#tell(startedAt, announced);
  }

  /** With whom those who are gone now stand. */
  async #into(contributions: ReadonlyMap<string, Finished | undefined>): Promise<ReadonlyMap<string, string>> {
    const gone = [...contributions].filter(([, contribution]) => !contribution).map(([customer]) => customer);
    const into = await this.#membership.customersOf(gone);
    return new Map(gone.map((customer, i) => [customer, into[i]!] as const).filter(([from, to]) => from !== to));
  }

  #tell(startedAt: number, parked: readonly ParkedNote[]): void {
    this.#options.watch?.onFollowed({
      through: this.#checkpoint.position,
      events: this.#events - this.#committed,
      recordedAt: this.#events > this.#committed ? this.#recordedAt : undefined,
      startedAt,
      endedAt: Date.now(),
      ...(this.#notes && { causes: this.#notes.take() }),
      ...(parked.length > 0 && { parked: { count: parked.length, first: parked.slice(0, MOST_TOLD) } }),
    });
    this.#committed = this.#events;
  }

  /** Says what is parked, and how each of it is told apart in logs. */
  async #announce(
    parked: ReadonlyMap<string, Parked | undefined> | undefined,
    contributions: ReadonlyMap<string, Finished | undefined>,
  ): Promise<readonly ParkedNote[]> {
    const { log, store, writer } = this.#options;
    if (writer === undefined) return [];
    const entries = [...(parked?.values() ?? [])].filter((entry) => entry !== undefined);
    for (const [customer, contribution] of contributions) {
      const error = contribution?.failed;
      if (error !== undefined) entries.push({ id: customer, stage: 'view', of: customer, error });
    }
    return entries.length > 0 ? await announceParked({ log, writer }, store, entries, this.#recordedAt ?? 0) : [];
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

/** What is folded and not committed, beside the rows themselves. */
interface Staged {
  readonly touched: Set<string>;
  /** Customers of other shares. */
  readonly handed: Set<string>;
  readonly cells: CellSums;
  readonly parked: Map<string, Parked | undefined>;
  /** When the first of it was folded, on the process's own clock: it decides when to commit and nothing else. */
  readonly since: number;
  /** The same by the wall clock, for those who look on. */
  readonly startedAt: number;
}

/** Where a run before this one left off. */
interface Resumed {
  readonly checkpoint: Checkpoint;
  readonly left: { readonly touched: boolean; readonly due: boolean };
  readonly moves: Moves;
  readonly cleared: Set<string>;
  readonly told: Progress;
}

/** The checkpoint after a batch. Ticks only ever move the day on. */
function after(before: Checkpoint, position: Position, opened: Day | undefined): Checkpoint {
  if (opened === undefined) return { ...before, position };
  return { ...before, position, day: before.ticked ? Math.max(before.day!, opened) : opened, ticked: true };
}

/** What people ask of the projection, and which version of identity views are read by. */
function controlsOf(projection: string): readonly string[] {
  return [projectionStream(projection), repairsStream(projection), projectionStream(IDENTITY)];
}
