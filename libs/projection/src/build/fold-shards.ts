import { START, subjectOf, Tallying, type Position, type Tally } from '@throughline/contracts';
import { idWords, type RecordedEvent } from '@throughline/event-log';
import { CellSums, partOf, type Parked, type SubjectRow, type ViewStore } from '@throughline/read-model';
import { getHeapStatistics } from 'node:v8';
import { eventCells, type Failures } from '../fold.ts';
import { asTouchpoint, isRetraction, NAMES_NONE, retractedBy } from '../loader.ts';
import { Moves } from '../moves.ts';
import { clearedUpTo } from '../repairs.ts';
import { foldStreams, isAboutSomebody, rowOf, typeOf } from '../subject-stage.ts';
import { Sampling } from './sample.ts';
import { prefixesOf, SHARDS, shardName, shardOf } from './shards.ts';
import { decisionsTaken } from './take-control.ts';
import { UNBUILT, type Builder, type Folded, type FoldTask, type Tell } from './task.ts';

/** What was folded of a shard, for good. */
export function foldMark(shard: number): string {
  return `fold-${shardName(shard)}`;
}

/** A subject on its way. */
interface Building<F> {
  type: string | undefined;
  fragment: F | undefined;
  parked: string[];
}

/** Shards that are written together. */
class Block<F> {
  readonly tallyings: ReadonlyMap<number, Tallying>;
  readonly subjects = new Map<string, Building<F>>();
  /** Subjects that are to be folded from their streams, one by one. */
  readonly alone = new Set<string>();
  readonly cells = new CellSums();
  readonly parked = new Map<string, Parked>();
  /** Touchpoints that no cell counts, by their home. */
  readonly uncounted = new Map<string, string[]>();

  constructor(shards: readonly number[]) {
    this.tallyings = new Map(shards.map((shard) => [shard, new Tallying()]));
  }

  noteUncounted(home: string, touchpoint: string): void {
    const ofHome = this.uncounted.get(home);
    if (ofHome) ofHome.push(touchpoint);
    else this.uncounted.set(home, [touchpoint]);
  }

  get shards(): readonly number[] {
    return [...this.tallyings.keys()];
  }

  get tallies(): readonly (readonly [number, Tally])[] {
    return Array.from(this.tallyings, ([shard, { tally }]) => [shard, tally] as const);
  }

  get touchpoints(): number {
    return this.tallies.reduce((sum, [, { touchpoints }]) => sum + touchpoints, 0);
  }
}

/**
 * Folds shards in one pass over the log. What is retracted is known beforehand and left out, so that everything only adds up, as
 * invariant 2 allows. A subject that a move names, or that has a touchpoint that cannot be folded, is folded from its streams by the very
 * code that does so live.
 *
 * When the heap grows beyond its limit, the upper half of the blocks is given back: what was folded of it is folded again in a later pass.
 */
export async function foldShards<F, V>(builder: Builder<F, V>, task: FoldTask, tell: Tell): Promise<Folded> {
  const { log, brake, limits } = builder;
  const { upTo, sample } = task;
  // Whose a touchpoint is says whether it is in the sample.
  if (sample) await decisionsTaken(builder, upTo);
  const pass = await Pass.begin(builder, task);
  const prefixes = prefixesOf(task.blocks.flat());
  for await (const { events } of log.read({ after: START, upTo, prefixes, batch: limits.batch })) {
    await brake.check();
    tell({ touchpoints: (await pass.take(events)) - pass.giveBack() });
  }
  pass.weigh();
  const { left, weight } = pass;
  await decisionsTaken(builder, upTo);
  await pass.write(tell);
  return { left, weight };
}

class Pass<F, V> {
  readonly #builder: Builder<F, V>;
  readonly #upTo: Position;
  readonly #moves: Moves;
  /** Left out for good where they cannot be folded. */
  readonly #cleared: ReadonlySet<string>;
  /** Homes whose touchpoints may count elsewhere. */
  readonly #moved: ReadonlySet<string>;
  readonly #gone: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #sampling: Sampling;
  readonly #failures: Failures = new Map();
  #blocks: Block<F>[];
  readonly #blockOf = Array.from<Block<F> | undefined>({ length: SHARDS });
  /** Blocks given back, by their shards. */
  readonly left: (readonly number[])[] = [];
  readonly #before: number;
  #weight: number | undefined;
  /** Whether the heap has been below its limit since blocks were given back, or this pass began: until then it may hold what is gone already. */
  #isCollected = false;

  static async begin<F, V>(builder: Builder<F, V>, task: FoldTask): Promise<Pass<F, V>> {
    const cleared = await clearedUpTo(builder.log, builder.definition.name, task.upTo);
    return new Pass(builder, task, { moves: new Moves(await builder.stores[0]!.moves()), cleared });
  }

  private constructor(
    builder: Builder<F, V>,
    { upTo, sample, blocks, gone }: FoldTask,
    { moves, cleared }: { moves: Moves; cleared: ReadonlySet<string> },
  ) {
    this.#builder = builder;
    this.#upTo = upTo;
    this.#moves = moves;
    this.#cleared = cleared;
    this.#moved = moves.named;
    this.#gone = new Map(gone.map(([home, ids]) => [home, new Set(ids)]));
    this.#sampling = new Sampling(sample, builder.stores[0]!);
    this.#blocks = blocks.map((shards) => new Block<F>(shards));
    for (const block of this.#blocks) for (const shard of block.shards) this.#blockOf[shard] = block;
    for (const subject of this.#moved) this.#blockOf[shardOf(subject)]?.alone.add(subject);
    this.#before = this.#heap;
  }

  /** What a touchpoint has added to the heap, bytes; undefined where there was none. Too little where the pass before left garbage. */
  get weight(): number | undefined {
    return this.#weight;
  }

  get #touchpoints(): number {
    return this.#blocks.reduce((sum, block) => sum + block.touchpoints, 0);
  }

  /** How large the heap of this thread is, bytes, what is garbage but not collected included. */
  get #heap(): number {
    return this.#builder.heapUsed?.() ?? getHeapStatistics().used_heap_size;
  }

  /** To be called once all is taken, and before anything of it goes. */
  weigh(): void {
    const touchpoints = this.#touchpoints;
    if (touchpoints > 0) this.#weight ??= Math.max(0, this.#heap - this.#before) / touchpoints;
  }

  /** @returns how many of the events were of this pass. */
  async take(events: readonly RecordedEvent[]): Promise<number> {
    if (!this.#sampling.whole) await this.#sampling.load(events.map(({ stream }) => subjectOf(stream)!));
    let touchpoints = 0;
    for (const event of events) {
      const home = subjectOf(event.stream)!;
      const shard = shardOf(home);
      const block = this.#blockOf[shard];
      if (block === undefined) continue;
      touchpoints++;
      block.tallyings.get(shard)!.add(idWords(event));
      if (this.#sampling.has(home)) this.#fold(block, home, event);
    }
    return touchpoints;
  }

  #fold(block: Block<F>, home: string, event: RecordedEvent): void {
    if (isRetraction(event)) {
      if (retractedBy(event) === undefined) this.#park(block, event.id, home, NAMES_NONE);
      return;
    }
    if (this.#gone.get(home)?.has(event.id)) return;
    const { definition } = this.#builder;
    const touchpoint = asTouchpoint(event);
    const cells = eventCells(definition, touchpoint, this.#failures);
    if (cells) block.cells.add(cells);
    else block.noteUncounted(home, event.id);
    if (block.alone.has(home)) return;
    const about = isAboutSomebody(touchpoint);
    if (!about && cells) return;
    let building = block.subjects.get(home);
    if (building === undefined) {
      block.subjects.set(home, (building = { type: undefined, fragment: undefined, parked: [] }));
    }
    if (!cells) {
      if (this.#park(block, event.id, home, this.#failures.get(event.id)!)) building.parked.push(event.id);
      this.#failures.clear();
    }
    if (!about) return;
    building.type ||= typeOf(home, [touchpoint]);
    const { apply, empty } = definition.fragment;
    try {
      building.fragment = apply(building.fragment ?? empty(), touchpoint);
    } catch {
      // The fragment at hand is spoilt.
      block.alone.add(home);
    }
  }

  /** @returns whether it is parked. */
  #park(block: Block<F>, id: string, of: string, error: string): boolean {
    if (this.#cleared.has(id)) return false;
    block.parked.set(id, { id, stage: 'fold', of, error });
    return true;
  }

  /** Gives the upper half of the blocks back where the heap has grown too large. @returns how many touchpoints had been taken of them. */
  giveBack(): number {
    const isTooLarge = this.#heap >= this.#builder.limits.heap;
    if (!isTooLarge) this.#isCollected = true;
    if (!isTooLarge || !this.#isCollected || this.#blocks.length === 1) return 0;
    this.#isCollected = false;
    this.weigh();
    const before = this.#touchpoints;
    const kept = Math.ceil(this.#blocks.length / 2);
    for (const { shards } of this.#blocks.slice(kept)) {
      this.left.push(shards);
      for (const shard of shards) this.#blockOf[shard] = undefined;
    }
    this.#blocks = this.#blocks.slice(0, kept);
    return before - this.#touchpoints;
  }

  async write(tell: Tell): Promise<void> {
    for (let block = this.#blocks.shift(); block; block = this.#blocks.shift()) {
      await this.#builder.brake.check();
      await this.#write(block);
      tell({ shards: block.shards.length });
      // What is written need not be remembered.
      for (const shard of block.shards) this.#blockOf[shard] = undefined;
    }
  }

  async #write(block: Block<F>): Promise<void> {
    const { stores } = this.#builder;
    const rows = await this.#rowsOf(block);
    const part = partOf(shardName(block.shards[0]!), stores.length);
    const touched = await this.#customersOf(rows, stores[part]!);
    // The customers of other parts first: they may wait there for nothing, but none may be forgotten.
    for (const [other, customers] of touched) {
      if (other !== part) await stores[other]!.commit({ checkpoint: UNBUILT, settled: false, touched: customers });
    }
    await stores[part]!.commit({
      checkpoint: UNBUILT,
      settled: false,
      subjects: rows,
      cells: block.cells,
      parked: block.parked,
      touched: touched.get(part) ?? [],
      marks: new Map(block.tallies.map(([shard, { touchpoints, ids }]) => [foldMark(shard), { touchpoints, ids }])),
    });
  }

  /** The rows of a block in the order of their subjects: so they come to stand beside each other. */
  async #rowsOf(block: Block<F>): Promise<ReadonlyMap<string, SubjectRow<F>>> {
    const { subjects, alone } = block;
    const retracted = [...this.#gone.keys()].filter((home) => this.#blockOf[shardOf(home)] === block);
    const named = new Set([...subjects.keys(), ...alone, ...retracted, ...block.uncounted.keys()]);
    await this.#sampling.load(named);
    const rows = new Map<string, SubjectRow<F>>();
    for (const subject of [...named].sort()) {
      if (!this.#sampling.has(subject)) continue;
      const built = alone.has(subject) ? await this.#foldAlone(block, subject) : subjects.get(subject);
      const gone = this.#gone.get(subject);
      const row = rowOf<F>({
        type: built?.type,
        fragment: built?.fragment,
        retracted: gone && [...gone],
        parked: built?.parked ?? [],
        uncounted: block.uncounted.get(subject),
      });
      if (row) rows.set(subject, row);
    }
    return rows;
  }

  async #foldAlone(block: Block<F>, subject: string): Promise<Building<F>> {
    const stage = { ...this.#builder, moves: this.#moves, cleared: this.#cleared };
    const { type, fragment, failures } = await foldStreams(stage, subject, this.#upTo);
    for (const [id, error] of failures) this.#park(block, id, subject, error);
    return { type, fragment, parked: [...failures.keys()] };
  }

  /** The customers that these subjects count for, by the part each belongs to. */
  async #customersOf(
    rows: ReadonlyMap<string, SubjectRow<F>>,
    store: ViewStore,
  ): Promise<ReadonlyMap<number, ReadonlySet<string>>> {
    const subjects = [...rows].filter(([, { fragment }]) => fragment !== undefined).map(([subject]) => subject);
    const standing = await store.standing(subjects);
    const customers = subjects.map((subject, i) => standing[i] ?? subject).sort();
    const touched = new Map<number, Set<string>>();
    for (const customer of customers) {
      const part = partOf(customer, this.#builder.stores.length);
      const ofPart = touched.get(part);
      if (ofPart) ofPart.add(customer);
      else touched.set(part, new Set([customer]));
    }
    return touched;
  }
}
