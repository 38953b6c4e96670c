/** Reading straight from the server. What only an index can answer, where an id stands, is left to the mirror. */
import { START, ThroughlineError, type Position } from '@throughline/contracts';
import { NO_STREAM, type Batch, type LogReader, type RecordedEvent } from '../port.ts';
import { Answers } from './answers.ts';
import { BackOff } from './back-off.ts';
import type { Connection } from './connection.ts';
import { isFinal, problemOf } from './failure.ts';
import { inParallel } from './in-parallel.ts';
import { readAll, readLast, readStream, subscribeToAll } from './read-request.ts';
import { ServerEvent } from './server-event.ts';
import type { RawEvent } from './wire.ts';

const BATCH = 1000;
const ALL = Number.MAX_SAFE_INTEGER;
/** Single events are asked for so many at a time. */
const TOGETHER = 64;
/** A reading that has got nowhere for so long gives up; a follower never does. */
const PATIENCE_MS = 20_000;

/** How far a subscription has come. */
export interface RawBatch {
  readonly events: readonly RawEvent[];
  /** All selected events at or before this position have been delivered. */
  readonly through: Position;
}

export type ServerReader = Omit<LogReader, 'find'>;

export function serverReader(connection: Connection): ServerReader {
  /** Asks until there is an answer. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T> {
    const patience = new Patience(connection);
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        await patience.after(error);
      }
    }
  }

  const head = () =>
    patiently(async () => {
      const events = await eventsOf(new Answers(await connection.read(readLast())));
      return events[0]?.position ?? START;
    });

  /** A stream's events, going on after what broke. */
  async function* streamEvents(
    stream: string,
    { from, backwards = false, limit = ALL }: { from?: number; backwards?: boolean; limit?: number },
  ): AsyncGenerator<RecordedEvent> {
    let next = from;
    let left = limit;
    const patience = new Patience(connection);
    while (left > 0 && (next === undefined || next >= 0)) {
      let answers: Answers | undefined;
      try {
        answers = new Answers(await connection.read(readStream(stream, { from: next, backwards, count: left })));
        for (let some = await answers.take(BATCH); some; some = await answers.take(BATCH)) {
          for (const answer of some) {
            if (answer.kind === 'stream-not-found') return;
            if (answer.kind !== 'event') continue;
            patience.reset();
            const event = new ServerEvent(answer.event);
            next = event.revision + (backwards ? -1 : 1);
            left--;
            yield event;
          }
        }
        return;
      } catch (error) {
        await patience.after(error);
      } finally {
        answers?.cancel();
      }
    }
  }

  return {
    async *read({ after, upTo, prefixes, batch = BATCH }) {
      const last = await head();
      const bound = upTo !== undefined && upTo < last ? upTo : last;
      let through = after;
      const patience = new Patience(connection);
      while (through < bound) {
        let answers: Answers | undefined;
        try {
          answers = new Answers(await connection.read(readAll(through, prefixes, ALL)));
          for (let some = await answers.take(batch); some; some = await answers.take(batch)) {
            const events = some
              .flatMap((answer) => (answer.kind === 'event' ? new ServerEvent(answer.event) : []))
              .filter(({ position }) => position > through && position <= bound);
            const isOver = some.some((answer) => answer.kind === 'event' && isAfter(answer.event, bound));
            if (isOver) {
              through = bound;
              yield { events, through };
              return;
            }
            if (events.length === 0) continue;
            patience.reset();
            through = events[events.length - 1]!.position;
            yield { events, through };
          }
          if (through < bound) yield { events: [], through: bound };
          return;
        } catch (error) {
          await patience.after(error);
        } finally {
          answers?.cancel();
        }
      }
    },

    async *follow({ after, prefixes, batch = BATCH }, signal) {
      for await (const { events, through } of subscribe(connection, { after, prefixes, batch }, signal))
        yield { events: events.map((event) => new ServerEvent(event)), through } satisfies Batch;
    },

    readStream: (stream, options = {}) => streamEvents(stream, options),

    revisions: (streams) =>
      inParallel(streams, TOGETHER, async (stream) => {
        for await (const event of streamEvents(stream, { backwards: true, limit: 1 })) return event.revision;
        return NO_STREAM;
      }),

    at: (positions) =>
      inParallel(positions, TOGETHER, (position) =>
        patiently(async () => {
          const request = readAll(position, undefined, 1);
          const [event] = position === START ? [] : await eventsOf(new Answers(await connection.read(request)));
          if (event?.position !== position)
            throw new ThroughlineError('invalid-request', `No event stands at ${JSON.stringify(position)}.`);
          return event;
        }),
      ),

    head,
  };
}

/**
 * All that is there after a position and all that comes, over one subscription, made again from where it broke off as often
 * as it breaks: nothing is skipped or repeated. The server filters. Who asks for the next batch late makes the server wait.
 *
 * @throws ThroughlineError when asking again cannot help, as when the user may not read.
 */
export async function* subscribe(
  connection: Connection,
  from: {
    readonly after: Position;
    readonly prefixes?: readonly string[] | undefined;
    readonly batch: number;
    /** Done before each subscription; what it throws may end them all. */
    readonly check?: () => Promise<void>;
  },
  signal: AbortSignal,
): AsyncGenerator<RawBatch> {
  let through = from.after;
  const backOff = new BackOff();
  while (!signal.aborted) {
    let answers: Answers | undefined;
    try {
      await from.check?.();
      answers = new Answers(await connection.read(subscribeToAll(through, from.prefixes)), signal);
      for (let some = await answers.take(from.batch); some; some = await answers.take(from.batch)) {
        const events: RawEvent[] = [];
        let reached = through;
        for (const answer of some) {
          if (answer.kind === 'event') {
            const position = answer.event.position.toString('hex') as Position;
            if (position <= reached) continue;
            events.push(answer.event);
            reached = position;
          } else if (answer.kind === 'checkpoint') {
            const position = answer.position.toString('hex') as Position;
            if (position > reached) reached = position;
          }
        }
        if (some.length > 0) backOff.reset();
        if (reached === through) continue;
        through = reached;
        yield { events, through };
        if (signal.aborted) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) throw problemOf(error);
    } finally {
      answers?.cancel();
    }
    await backOff.wait(signal);
  }
}

/** Waits between failures, but not for ever. */
class Patience {
  readonly #backOff = new BackOff();
  readonly #closing: AbortSignal;
  #since: number | undefined;

  constructor({ closing }: Connection) {
    this.#closing = closing;
  }

  reset(): void {
    this.#since = undefined;
    this.#backOff.reset();
  }

  /** @throws ThroughlineError when asking again cannot help, or has not for too long. */
  async after(error: unknown): Promise<void> {
    this.#since ??= Date.now();
    if (this.#closing.aborted) throw new ThroughlineError('shutting-down');
    if (isFinal(error) || Date.now() - this.#since > PATIENCE_MS) throw problemOf(error);
    await this.#backOff.wait(this.#closing);
  }
}

async function eventsOf(answers: Answers): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for (let some = await answers.take(BATCH); some; some = await answers.take(BATCH))
    for (const answer of some) if (answer.kind === 'event') events.push(new ServerEvent(answer.event));
  return events;
}

function isAfter({ position }: RawEvent, bound: Position): boolean {
  return position.toString('hex') > bound;
}
