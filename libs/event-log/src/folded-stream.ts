import { NO_STREAM, type LogReader, type RecordedEvent } from './port.ts';

/** What a short stream comes to: read on, from where it was left, whenever that is asked for. */
export class FoldedStream<State> {
  readonly #log: Pick<LogReader, 'readStream'>;
  readonly #stream: string;
  readonly #evolve: (state: State, event: RecordedEvent) => State;
  #state: State;
  #revision = NO_STREAM;
  /** One reading at a time: two would apply the same event twice. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param evolve May change and return the state it is given. */
  constructor(
    log: Pick<LogReader, 'readStream'>,
    stream: string,
    initial: State,
    evolve: (state: State, event: RecordedEvent) => State,
  ) {
    this.#log = log;
    this.#stream = stream;
    this.#state = initial;
    this.#evolve = evolve;
  }

  /** As it was read last. Not to be changed. */
  get state(): State {
    return this.#state;
  }

  /** Of the last event that the state knows of; `NO_STREAM` before there is one. */
  get revision(): number {
    return this.#revision;
  }

  /** As it stands now. Not to be changed. */
  catchUp(): Promise<State> {
    const reading = this.#last.then(() => this.#readOn());
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  async #readOn(): Promise<State> {
    for await (const event of this.#log.readStream(this.#stream, { from: this.#revision + 1 })) {
      this.#state = this.#evolve(this.#state, event);
      this.#revision = event.revision;
    }
    return this.#state;
  }
}
