import {
  identityStream,
  START,
  Tallying,
  ThroughlineError,
  type Day,
  type JsonObject,
  type JsonValue,
  type Position,
  type Sample,
  type Tally,
} from '@throughline/contracts';
import { originOf, type LogReader } from '@throughline/event-log';
import { rulesOf, type Checkpoint, type ViewStore } from '@throughline/read-model';
import { firstDay } from '../control-streams.ts';
import { Stopped, type Brake } from './brake.ts';
import type { Crew } from './crew.ts';
import { finishMark } from './finish-customers.ts';
import { foldMark } from './fold-shards.ts';
import { Meter, type BuildProgress } from './meter.ts';
import { blocksOf, Passes, touchpointsOf, type Tallies } from './plan.ts';
import { SHARDS, shardName, shardOf } from './shards.ts';
import { takeDecisions, takeMoves, type TakeControl } from './take-control.ts';
import { UNBUILT, type BuildLimits, type Done, type Gone } from './task.ts';

export interface BuildVersion {
  readonly log: LogReader;
  /** The store of each part of the version: one, where it has no parts. */
  readonly stores: readonly ViewStore[];
  readonly crew: Crew;
  /** The crew looks at it too. */
  readonly brake: Brake;
  readonly limits: BuildLimits;
  /** The position to build to. A build that goes on where another ended goes on to that one's. */
  readonly upTo: Position;
  readonly sample?: Sample | undefined;
  /** Ends it after the commits in hand. */
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/** What came of a build. */
export interface Built extends JsonObject {
  readonly through: Position;
  readonly tally: Tally & JsonObject;
  readonly customers: number;
  readonly shardsDone: number;
  /** Of these, what runs before the last one did. */
  readonly shardsSkipped: number;
  /** At work, over all runs. */
  readonly seconds: number;
}

/** What a build was begun for. */
const BEGUN = 'build';
/** What came of it, for good. */
const BUILT = 'built';

/**
 * Builds a version from the log's beginning to a fixed position: what is in the stores then is what following the log to there would have
 * left, and from there the version follows it. ADR 14.
 *
 * ```
 * begun ──▶ survey ────▶ fold, pass by pass ──▶ finish ──▶ the tallies agree ──▶ built
 *   └─────▶ moves ───────▲          ▲
 *             └──▶ decisions ───────┘ to write what is folded
 * ```
 *
 * Each commit marks what it did, so a build that ended anywhere goes on without doing that again.
 *
 * @returns undefined when the signal ended it.
 * @throws ThroughlineError `replay-failed` when what was folded is not what the survey counted, `other-log` when it was begun along another
 *   log, `projection-stopped` for a control event that cannot be read, and whatever the log or a store throws.
 */
export async function buildVersion(options: BuildVersion): Promise<Built | undefined> {
  const { brake, signal } = options;
  const stop = () => brake.stop();
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) return undefined;
    return await new Building(options).run();
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** How often progress is told, milliseconds. */
const TELL = 250;
/** Of the heap, what the subjects of a pass are planned to take up at most. */
const OF_HEAP = 0.8;
/** What a touchpoint takes up in memory once it is folded, until the first pass tells, bytes: too little costs more than too much. */
const WEIGHT = 1_000;

/** The log a build was begun along, how far it is to go, and how long it has been at work. */
interface Begun {
  readonly upTo: Position;
  readonly log: string | undefined;
  readonly seconds: number;
}

class Building {
  readonly #options: BuildVersion;
  readonly #identity: string;
  readonly #meter = new Meter();
  #begun: Begun = { upTo: START, log: undefined, seconds: 0 };
  #parked = 0;
  #shardsDone = 0;
  #shardsSkipped = 0;
  #looked = performance.now();

  constructor(options: BuildVersion) {
    this.#options = options;
    this.#identity = identityStream(rulesOf(options.stores[0]!.version));
  }

  async run(): Promise<Built> {
    const { stores } = this.#options;
    const marks = await Promise.all(stores.map((store) => store.marks()));
    const ended = marks.findIndex((ofStore) => ofStore.has(BUILT));
    if (ended >= 0) {
      const built = marks[ended]!.get(BUILT) as Built;
      await this.#end(built, await stores[ended]!.checkpoint());
      return built;
    }
    await this.#begin(marks[0]!);
    const ticking = setInterval(() => this.#tell(), TELL);
    try {
      return await this.#build();
    } finally {
      clearInterval(ticking);
    }
  }

  async #build(): Promise<Built> {
    const { stores, brake } = this.#options;
    const { upTo, log } = this.#begun;
    const moves = takeMoves(this.#control);
    const [tallies, opened] = await together(brake, [
      () => this.#fold(moves),
      async () => {
        // One thread takes both, and what is folded waits for the moves first.
        const day = await moves;
        await takeDecisions(this.#control);
        return day;
      },
    ]);
    const day = opened ?? (upTo === START ? undefined : await firstDay(this.#options.log, this.#identity, upTo));
    const ticked = opened !== undefined;
    if (day !== undefined) await this.#finish(day, ticked);
    const marks = await Promise.all(stores.map((store) => store.marks()));
    const built: Built = {
      through: upTo,
      tally: agreed(tallies, foldedOf(marks)),
      customers: finishedOf(marks),
      shardsDone: this.#shardsDone,
      shardsSkipped: this.#shardsSkipped,
      seconds: this.#seconds(),
    };
    await this.#end(built, { position: upTo, day, ticked, ...(log !== undefined && { log }) });
    this.#tell();
    return built;
  }

  /** Goes on with what was begun, or notes what is. */
  async #begin(marks: ReadonlyMap<string, JsonValue>): Promise<void> {
    const { log, signal, stores, upTo } = this.#options;
    const [store] = stores;
    const origin = upTo === START ? undefined : await originOf(log, signal);
    const begun = marks.get(BEGUN) as Begun | undefined;
    if (begun) {
      if (begun.log !== origin) throw new ThroughlineError('other-log', `${store!.projection} ${store!.version}.`);
      this.#begun = begun;
      return;
    }
    if ((await store!.checkpoint()).position !== START) {
      throw new ThroughlineError(
        'replay-failed',
        `There is a ${store!.projection} ${store!.version} that no build began.`,
      );
    }
    this.#begun = { upTo, log: origin, seconds: 0 };
    await this.#note();
  }

  get #control(): TakeControl {
    const { log, stores, brake, limits } = this.#options;
    const { upTo } = this.#begun;
    return { log, stores, identity: this.#identity, upTo, brake, rows: limits.membership };
  }

  async #survey(): Promise<Survey> {
    const { crew } = this.#options;
    const { upTo } = this.#begun;
    const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
    const tasks = Array.from({ length: crew.size }, (_, i) => shards.filter((shard) => shard % crew.size === i));
    const surveys = await Promise.all(tasks.map((shards) => crew.run({ kind: 'survey', upTo, shards }, this.#take)));
    return { tallies: new Map(surveys.flatMap(({ tallies }) => tallies)), gone: surveys.flatMap(({ gone }) => gone) };
  }

  /** @param moves Resolves once the stores have them. @returns what was surveyed. */
  async #fold(moves: Promise<unknown>): Promise<Tallies> {
    const { brake, crew, limits, sample, stores } = this.#options;
    const { upTo } = this.#begun;
    const { tallies, gone } = await this.#survey();
    await moves;
    const done = foldedOf(await Promise.all(stores.map((store) => store.marks())));
    const left = [...tallies.keys()].filter((shard) => !done.has(shard)).sort((a, b) => a - b);
    this.#shardsDone = this.#shardsSkipped = done.size;
    this.#meter.beginFold(touchpointsOf([...tallies.keys()], tallies), touchpointsOf([...done.keys()], tallies));
    this.#tell();
    const passes = new Passes(blocksOf(left, tallies, limits.block, stores.length), {
      tallies,
      workers: crew.size,
      heap: limits.heap * OF_HEAP,
      weight: WEIGHT,
    });
    await together(
      brake,
      Array.from({ length: crew.size }, () => async () => {
        for (let blocks = passes.next(); blocks; blocks = passes.next()) {
          const shards = new Set(blocks.flat());
          const ofPass = gone.filter(([home]) => shards.has(shardOf(home)));
          const folded = await crew.run({ kind: 'fold', upTo, sample, blocks, gone: ofPass }, this.#take);
          passes.done(folded.left, folded.weight);
          await this.#note();
        }
      }),
    );
    return tallies;
  }

  async #finish(day: Day, ticked: boolean): Promise<void> {
    const { brake, crew, stores } = this.#options;
    const marks = await Promise.all(stores.map((store) => store.marks()));
    this.#meter.beginFinish(finishedOf(marks));
    this.#tell();
    const digits = DIGITS.keys();
    await together(
      brake,
      Array.from({ length: crew.size }, () => async () => {
        for (const digit of digits) {
          await crew.run({ kind: 'finish', digit, day, ticked }, this.#take);
          await this.#note();
        }
      }),
    );
  }

  /** Has every part stand at the position. Each says so in the commit that takes its other marks away, so this can be done again. */
  async #end(built: Built, { position, day, ticked, log }: Checkpoint): Promise<void> {
    for (const store of this.#options.stores) {
      const marks = await store.marks();
      if (marks.has(BUILT)) continue;
      const tally = sumOf(foldedOf([marks]).values());
      await store.commit({
        checkpoint: {
          position,
          day,
          ticked,
          ...(log !== undefined && { log }),
          ...(position > START && { tally }),
        },
        settled: true,
        marks: new Map<string, JsonValue | undefined>([
          ...Array.from(marks.keys(), (name) => [name, undefined] as const),
          [BUILT, built],
        ]),
      });
    }
  }

  /** Notes how long it has been at work, for a run that goes on from here; and has a look at what is parked. */
  async #note(): Promise<void> {
    const { stores } = this.#options;
    const parked = await Promise.all(stores.map((store) => store.parkedCount()));
    this.#parked = parked.reduce((a, b) => a + b);
    const { upTo, log } = this.#begun;
    const begun = { upTo, ...(log !== undefined && { log }), seconds: this.#seconds() };
    await stores[0]!.commit({ checkpoint: UNBUILT, settled: false, marks: new Map([[BEGUN, begun]]) });
  }

  /** At work, over all runs. */
  #seconds(): number {
    this.#clock();
    return this.#begun.seconds + this.#meter.seconds;
  }

  #clock(): void {
    const now = performance.now();
    if (!this.#options.brake.resting) this.#meter.worked((now - this.#looked) / 1000);
    this.#looked = now;
  }

  readonly #take = (done: Done): void => {
    this.#shardsDone += done.shards ?? 0;
    this.#meter.take(done);
  };

  #tell(): void {
    this.#clock();
    const { brake, onProgress } = this.#options;
    onProgress?.(
      this.#meter.progress({
        parked: this.#parked,
        shardsDone: this.#shardsDone,
        shardsSkipped: this.#shardsSkipped,
        resting: brake.resting,
      }),
    );
  }
}

/** What the log holds up to the position. */
interface Survey {
  readonly tallies: Tallies;
  readonly gone: Gone;
}

const DIGITS = Array.from({ length: 16 });

type Marks = ReadonlyMap<string, JsonValue>;

/** The shards that are folded and written, and what of. */
function foldedOf(marks: readonly Marks[]): ReadonlyMap<number, Tally> {
  const folded = new Map<number, Tally>();
  for (let shard = 0; shard < SHARDS; shard++) {
    const name = foldMark(shard);
    const mark = marks.map((ofStore) => ofStore.get(name)).find((found) => found !== undefined);
    if (mark !== undefined) folded.set(shard, mark as unknown as Tally);
  }
  return folded;
}

function finishedOf(marks: readonly Marks[]): number {
  let customers = 0;
  for (const digit of DIGITS.keys()) {
    for (const ofStore of marks) customers += (ofStore.get(finishMark(digit)) as number | undefined) ?? 0;
  }
  return customers;
}

/** What the survey counted and the folds folded: the same, shard by shard. */
function agreed(surveyed: Tallies, folded: Tallies): Tally & JsonObject {
  const differing = [...surveyed].filter(([shard, { touchpoints, ids }]) => {
    const of = folded.get(shard);
    return of?.touchpoints !== touchpoints || of.ids !== ids;
  });
  if (differing.length > 0) {
    const names = differing.map(([shard]) => shardName(shard)).join(', ');
    throw new ThroughlineError(
      'replay-failed',
      `What was folded of the shards ${names} is not what the log holds of them.`,
    );
  }
  return { ...sumOf(folded.values()) };
}

function sumOf(tallies: Iterable<Tally>): Tally {
  const sum = new Tallying();
  for (const tally of tallies) sum.join(tally);
  return sum.tally;
}

/** Runs parts beside each other: when one fails, the others are told to stop, and it is what failed. */
async function together<T extends readonly (() => Promise<unknown>)[]>(
  brake: Brake,
  parts: readonly [...T],
): Promise<{ -readonly [I in keyof T]: Awaited<ReturnType<T[I]>> }> {
  const failures: unknown[] = [];
  const outcomes = await Promise.all(
    parts.map((part) =>
      part().catch((error: unknown) => {
        failures.push(error);
        brake.stop();
      }),
    ),
  );
  if (failures.length > 0) throw failures.find((error) => !(error instanceof Stopped)) ?? failures[0];
  return outcomes as never;
}
