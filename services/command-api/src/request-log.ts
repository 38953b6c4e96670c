import { IDENTITY_REQUESTS, ThroughlineError, type Position } from '@throughline/contracts';
import type { EventLog } from '@throughline/event-log';
import {
  decideRequest,
  evolveRequests,
  initialRequests,
  type RequestEvent,
  type RequestRefusal,
  type RequestsState,
} from '@throughline/identity';
import { DecidedStream } from './decided-stream.ts';

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

/** The stream of stewards' requests. */
export class RequestLog {
  readonly #stream: DecidedStream<RequestsState>;

  constructor(log: EventLog) {
    this.#stream = new DecidedStream({
      log,
      stream: IDENTITY_REQUESTS,
      initial: initialRequests(),
      evolve: (state, event) => evolveRequests(state, event as unknown as RequestEvent),
      idTaken: () => refused('REQUEST_ID_TAKEN'),
    });
  }

  /**
   * Takes a request, once and for all: asked for again it answers the same.
   *
   * @param check Called before a new request is written; what it throws refuses it.
   * @throws ThroughlineError `cannot-decide`, `not-found`, `wrong-revision`.
   */
  async submit(event: RequestEvent, asked: Asked, check: () => Promise<void>): Promise<Submitted> {
    const { position, recorded } = await this.#stream.decide(async ({ state }) => {
      const decided = decideRequest(event, state);
      if (!decided.ok) throw refused(decided.reason);
      if (decided.events.length > 0) await check();
      return decided.events.map(({ id, type, data }) => ({
        id,
        type,
        occurredAt: asked.at,
        data,
        metadata: { schema: 1, $correlationId: asked.correlationId },
      }));
    });
    return { requestId: event.id, position: position ?? recorded.find(({ id }) => id === event.id)!.position };
  }

  async find(requestId: string): Promise<RequestEvent | undefined> {
    const { state } = await this.#stream.read();
    return state.requests.get(requestId)?.event;
  }

  /** Newest first. */
  async list({
    before,
    limit,
  }: {
    before?: number;
    limit: number;
  }): Promise<{ items: RecordedRequest[]; next?: number }> {
    const { state, recorded } = await this.#stream.read();
    const end = Math.min(before ?? Infinity, recorded.length);
    const start = Math.max(0, end - limit);
    const items = recorded
      .slice(start, end)
      .reverse()
      .map(({ id, occurredAt, position }) => {
        const { event, undone } = state.requests.get(id)!;
        return { event, occurredAt, position, undone };
      });
    return { items, ...(start > 0 && { next: start }) };
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
