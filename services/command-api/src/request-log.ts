import { IDENTITY_REQUESTS, ThroughlineError, type Position } from '@throughline/contracts';
import { NO_STREAM, type EventLog, type RecordedEvent } from '@throughline/event-log';
import {
  decideRequest,
  evolveRequests,
  initialRequests,
  type RequestEvent,
  type RequestRefusal,
  type RequestsState,
} from '@throughline/identity';

export interface Submitted {
  readonly requestId: string;
  readonly position: Position;
}

/** What a request comes with. */
export interface Asked {
  /** When it was asked for, epoch milliseconds. */
  readonly at: number;
  /** What it, and all that identity decides because of it, is tied to in logs. */
  readonly correlationId: string;
}

export interface RecordedRequest {
  readonly event: RequestEvent;
  readonly occurredAt: number;
  readonly position: Position;
  readonly undone: boolean;
}

/** Attempts at an append while other processes write to the same stream. */
const ATTEMPTS = 10;

/** The stream of stewards' requests: read to its end before each decision, written at an exact revision. */
export class RequestLog {
  readonly #log: EventLog;
  readonly #recorded: RecordedEvent[] = [];
  #state: RequestsState = initialRequests();
  /** Everything takes turns: two readings at once would apply the same event twice, two decisions would race for a revision. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(log: EventLog) {
    this.#log = log;
  }

  /**
   * Takes a request, once and for all: asked for again it answers the same.
   *
   * @param check Called before a new request is written; what it throws refuses it.
   * @throws ThroughlineError `cannot-decide`, `not-found`, `wrong-revision`.
   */
  submit(event: RequestEvent, asked: Asked, check: () => Promise<void>): Promise<Submitted> {
    return this.#inTurn(() => this.#submit(event, asked, check));
  }

  async find(requestId: string): Promise<RequestEvent | undefined> {
    await this.#inTurn(() => this.#catchUp());
    return this.#state.requests.get(requestId)?.event;
  }

  /** Newest first. */
  async list({
    before,
    limit,
  }: {
    before?: number;
    limit: number;
  }): Promise<{ items: RecordedRequest[]; next?: number }> {
    await this.#inTurn(() => this.#catchUp());
    const end = Math.min(before ?? Infinity, this.#recorded.length);
    const start = Math.max(0, end - limit);
    const items = this.#recorded
      .slice(start, end)
      .reverse()
      .map(({ id, occurredAt, position }) => {
        const { event, undone } = this.#state.requests.get(id)!;
        return { event, occurredAt, position, undone };
      });
    return { items, ...(start > 0 && { next: start }) };
  }

  async #submit(event: RequestEvent, asked: Asked, check: () => Promise<void>): Promise<Submitted> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await this.#catchUp();
      const decided = decideRequest(event, this.#state);
      if (!decided.ok) throw refused(decided.reason);
      if (decided.events.length === 0) return { requestId: event.id, position: this.#positionOf(event.id) };
      await check();
      const events = decided.events.map(({ id, type, data }) => ({
        id,
        type,
        occurredAt: asked.at,
        data,
        metadata: { schema: 1, $correlationId: asked.correlationId },
      }));
      const expectedRevision = this.#recorded.length + NO_STREAM;
      const [result] = await this.#log.append([{ stream: IDENTITY_REQUESTS, expectedRevision, events }]);
      if (result!.ok) return { requestId: event.id, position: result!.position };
      if (result!.reason === 'KNOWN_ID') throw refused('REQUEST_ID_TAKEN');
    }
    throw new ThroughlineError('wrong-revision');
  }

  async #catchUp(): Promise<void> {
    for await (const event of this.#log.readStream(IDENTITY_REQUESTS, { from: this.#recorded.length })) {
      this.#recorded.push(event);
      this.#state = evolveRequests(this.#state, event as unknown as RequestEvent);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #positionOf(requestId: string): Position {
    return this.#recorded.find(({ id }) => id === requestId)!.position;
  }
}

const REFUSED: Readonly<Record<RequestRefusal, string>> = {
  REQUEST_ID_TAKEN: 'Another request has this id.',
  SAME_KEY: 'Both are the same identifier.',
  NOTHING_TO_SPLIT: 'There must be keys on both sides of a split, and none on both.',
  SAME_SUBJECT: 'Both are the same subject.',
  TOUCHPOINTS_OR_SPAN: 'A move names either touchpoints or a span of time.',
  EMPTY_SPAN: 'The span ends before it begins.',
  NO_SUCH_REQUEST: 'No request has this id.',
  CANNOT_BE_UNDONE: 'An undoing cannot be undone; ask for the same again instead.',
  ALREADY_UNDONE: 'The request is undone already.',
};

function refused(reason: RequestRefusal): ThroughlineError {
  return new ThroughlineError(reason === 'NO_SUCH_REQUEST' ? 'not-found' : 'cannot-decide', REFUSED[reason]);
}
