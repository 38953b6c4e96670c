import { CLOCK, IDENTITY_REQUESTS, START, type Day, type Decision, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { ViewStore } from '@throughline/read-model';
import { setTimeout as rest } from 'node:timers/promises';
import { Membership } from '../membership.ts';
import { Moves } from '../moves.ts';
import { sortBatch } from '../sorted-batch.ts';
import type { Brake } from './brake.ts';
import { UNBUILT } from './task.ts';

export interface TakeControl {
  readonly log: Pick<LogReader, 'read'>;
  readonly stores: readonly ViewStore[];
  readonly identity: string;
  readonly upTo: Position;
  readonly brake: Brake;
  /** How many rows of the membership are to change before they are committed. */
  readonly rows: number;
}

/** Up to where a store has identity's decisions. */
const MARK = 'membership';
/** Rows of membership kept in memory between commits. */
const HOT = 50_000;
/** How often it is looked whether a store has them all, milliseconds. */
const LOOK_AGAIN = 20;

/**
 * Writes the moves, as they stand at a position, into each store. What moves there are is a function of the requests: to write them again, in a
 * run that goes on, changes nothing.
 *
 * @returns the latest open day that ticks began
 */
export async function takeMoves({
  log,
  stores,
  identity,
  upTo,
  brake,
}: Omit<TakeControl, 'rows'>): Promise<Day | undefined> {
  const moves = new Moves(new Map());
  let opened: Day | undefined;
  for await (const { events } of log.read({ after: START, upTo, prefixes: [IDENTITY_REQUESTS, CLOCK] })) {
    await brake.check();
    const sorted = sortBatch(events, identity);
    moves.apply(sorted.moves);
    if (sorted.opened !== undefined) opened = Math.max(opened ?? sorted.opened, sorted.opened);
  }
  for (const store of stores) await store.commit({ checkpoint: UNBUILT, settled: false, moves: moves.changes });
  return opened;
}

/** Writes the membership, as it stands at a position, into each store. What is marked as there is not done again. */
export async function takeDecisions(control: TakeControl): Promise<void> {
  const { log, stores, identity, upTo, brake } = control;
  const takers = await Promise.all(stores.map((store) => Taker.begin(store, control.rows)));
  for await (const { events, through } of log.read({ after: START, upTo, prefixes: [identity] })) {
    await brake.check();
    if (events.length === 0) continue;
    for (const taker of takers) {
      if (taker.position >= through) continue;
      const after = events.filter(({ position }) => position > taker.position);
      await taker.take(sortBatch(after, identity).decisions, through);
    }
  }
  for (const taker of takers) await taker.end(upTo);
}

/** Resolves once the stores have all decisions up to there, whoever takes them. */
export async function decisionsTaken(
  { stores, brake }: Pick<TakeControl, 'stores' | 'brake'>,
  upTo: Position,
): Promise<void> {
  for (const store of stores) {
    while ((await store.marks()).get(MARK) !== upTo) {
      await rest(LOOK_AGAIN);
      await brake.check();
    }
  }
}

/** Takes decisions over into one store. */
class Taker {
  readonly #store: ViewStore;
  readonly #rows: number;
  readonly #membership: Membership;
  #position: Position;

  static async begin(store: ViewStore, rows: number): Promise<Taker> {
    const marks = await store.marks();
    return new Taker(store, rows, (marks.get(MARK) as Position | undefined) ?? START);
  }

  private constructor(store: ViewStore, rows: number, position: Position) {
    this.#store = store;
    this.#rows = rows;
    this.#membership = new Membership(store, HOT);
    this.#position = position;
  }

  /** Everything at or before it is there. */
  get position(): Position {
    return this.#position;
  }

  async take(decisions: readonly Decision[], through: Position): Promise<void> {
    if (decisions.length > 0) await this.#membership.apply(decisions);
    this.#position = through;
    const { standing, members } = this.#membership;
    if (standing.changes.size + members.changes.size >= this.#rows) await this.#commit();
  }

  async end(upTo: Position): Promise<void> {
    this.#position = upTo;
    await this.#commit();
  }

  async #commit(): Promise<void> {
    const { standing, members } = this.#membership;
    await this.#store.commit({
      checkpoint: UNBUILT,
      settled: false,
      standing: standing.changes,
      members: members.changes,
      marks: new Map([[MARK, this.#position]]),
    });
    this.#membership.committed();
  }
}
