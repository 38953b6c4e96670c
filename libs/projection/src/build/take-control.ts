import { START, type Day, type Decision, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { Move, ViewStore } from '@throughline/read-model';
import { controlStreams } from '../control-streams.ts';
import { Membership } from '../membership.ts';
import { Moves } from '../moves.ts';
import { sortBatch, type MoveEvent } from '../sorted-batch.ts';
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

/**
 * Writes what holds for every customer, as it stands at a position, into each store: the membership and the moves. What is marked as
 * there is not done again.
 *
 * @returns the latest open day that ticks began
 */
export async function takeControl(control: TakeControl): Promise<Day | undefined> {
  const { log, stores, identity, upTo, brake } = control;
  const takers = await Promise.all(stores.map((store) => Taker.begin(store, control.rows)));
  const moves: MoveEvent[] = [];
  let opened: Day | undefined;
  const reading = { after: START, upTo, prefixes: controlStreams(identity) };
  for await (const { events, through } of log.read(reading)) {
    await brake.check();
    if (events.length === 0) continue;
    const sorted = sortBatch(events, identity);
    moves.push(...sorted.moves);
    if (sorted.opened !== undefined) opened = Math.max(opened ?? sorted.opened, sorted.opened);
    for (const taker of takers) {
      if (taker.position >= through) continue;
      const after = events.filter(({ position }) => position > taker.position);
      await taker.take(sortBatch(after, identity).decisions, through);
    }
  }
  for (const taker of takers) await taker.end(moves, upTo);
  return opened;
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
    if (standing.changes.size + members.changes.size >= this.#rows) await this.#commit(new Map());
  }

  /** What moves there are is a function of the requests: to write them again, in a run that goes on, changes nothing. */
  async end(events: readonly MoveEvent[], upTo: Position): Promise<void> {
    const moves = new Moves(new Map());
    moves.apply(events);
    this.#position = upTo;
    await this.#commit(moves.changes);
  }

  async #commit(moves: ReadonlyMap<string, Move | undefined>): Promise<void> {
    const { standing, members } = this.#membership;
    await this.#store.commit({
      checkpoint: UNBUILT,
      settled: false,
      standing: standing.changes,
      members: members.changes,
      moves,
      marks: new Map([[MARK, this.#position]]),
    });
    this.#membership.committed();
  }
}
