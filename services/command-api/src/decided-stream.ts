import { ThroughlineError, type Position } from '@throughline/contracts';
import { FoldedStream, type EventLog, type NewEvent, type RecordedEvent } from '@throughline/event-log';

export interface DecidedStreamParts<State> {
  readonly log: Pick<EventLog, 'append' | 'readStream'>;
  readonly stream: string;
  readonly initial: State;
  /** May change and return the state it is given. */
  readonly evolve: (state: State, event: RecordedEvent) => State;
  /** What is thrown when an id stands elsewhere in the log already. */
  readonly idTaken: () => ThroughlineError;
}

/** A stream as it stood at some moment. */
export interface AsItStands<State> {
  readonly state: State;
  /** All of its events. */
  readonly recorded: readonly RecordedEvent[];
}

/** What came of a decision. */
export interface Outcome<State> extends AsItStands<State> {
  /** Of the last event appended; undefined where there was nothing to append. */
  readonly position: Position | undefined;
}

/** Attempts at an append while other processes write to the same stream. */
const ATTEMPTS = 10;

/** A stream on which something is decided: read to its end before each decision, written at an exact revision. */
export class DecidedStream<State> {
  readonly #parts: DecidedStreamParts<State>;
  readonly #recorded: RecordedEvent[] = [];
  readonly #folded: FoldedStream<State>;
  /** Everything takes turns: two decisions would race for a revision. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: DecidedStreamParts<State>) {
    this.#parts = parts;
    this.#folded = new FoldedStream(parts.log, parts.stream, parts.initial, (state, event) => {
      const next = parts.evolve(state, event);
      this.#recorded.push(event);
      return next;
    });
  }

  read(): Promise<AsItStands<State>> {
    return this.#inTurn(async () => {
      return { state: await this.#folded.catchUp(), recorded: this.#recorded };
    });
  }

  /**
   * Appends what is decided, if anything.
   *
   * @param decide Called on the stream as it stands, and again when somebody else wrote first; what it throws refuses.
   * @returns the state before what was appended.
   * @throws ThroughlineError `wrong-revision` when others never stop writing, what `decide` and `idTaken` say, and what the log throws.
   */
  decide(
    decide: (now: AsItStands<State>) => readonly NewEvent[] | Promise<readonly NewEvent[]>,
  ): Promise<Outcome<State>> {
    return this.#inTurn(async () => {
      const { log, stream, idTaken } = this.#parts;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const now = { state: await this.#folded.catchUp(), recorded: this.#recorded };
        const events = await decide(now);
        if (events.length === 0) return { ...now, position: undefined };
        const expectedRevision = this.#folded.revision;
        const [result] = await log.append([{ stream, expectedRevision, events }]);
        if (result!.ok) return { ...now, position: result!.position };
        if (result!.reason === 'KNOWN_ID') throw idTaken();
      }
      throw new ThroughlineError('wrong-revision');
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
