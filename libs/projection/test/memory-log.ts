import { START, type JsonObject, type Position } from '@throughline/contracts';
import {
  NO_STREAM,
  type Append,
  type AppendResult,
  type Batch,
  type LogReader,
  type LogWriter,
  type NewEvent,
  type ReadAll,
  type RecordedEvent,
} from '@throughline/event-log';

/** A log whose batches a test can cut where it likes. */
export class MemoryLog implements LogReader, LogWriter {
  readonly events: RecordedEvent[] = [];

  /** Puts one event at the end, whatever the revision. */
  put(stream: string, event: NewEvent, recordedAt = 0): RecordedEvent {
    const recorded: RecordedEvent = {
      ...event,
      stream,
      personal: event.personal,
      position: (this.events.length + 1).toString(16).padStart(16, '0') as Position,
      revision: this.events.filter((other) => other.stream === stream).length,
      recordedAt,
    };
    this.events.push(recorded);
    return recorded;
  }

  async append(appends: readonly Append[]): Promise<readonly AppendResult[]> {
    return appends.map(({ stream, expectedRevision, events }) => {
      const known = events.filter(({ id }) => this.events.some((event) => event.id === id)).map(({ id }) => id);
      if (known.length > 0) return { ok: false, reason: 'KNOWN_ID', ids: known };
      const actual = this.#revision(stream);
      if (actual !== expectedRevision) return { ok: false, reason: 'WRONG_REVISION', actual };
      const last = events.map((event) => this.put(stream, event)).at(-1)!;
      return { ok: true, revision: last.revision, position: last.position, repeated: false };
    });
  }

  async *read({ after, upTo, prefixes, batch = 1000 }: ReadAll): AsyncIterable<Batch> {
    for (let from = this.#after(after); from < this.events.length; from += batch) {
      const piece = this.events.slice(from, from + batch).filter(({ position }) => !upTo || position <= upTo);
      if (piece.length === 0) return;
      yield { events: selected(piece, prefixes), through: piece.at(-1)!.position };
    }
  }

  async *follow(from: Omit<ReadAll, 'upTo'>, signal: AbortSignal): AsyncIterable<Batch> {
    let after = from.after;
    while (!signal.aborted) {
      for await (const batch of this.read({ ...from, after })) {
        yield batch;
        after = batch.through;
        if (signal.aborted) return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async *readStream(stream: string): AsyncIterable<RecordedEvent> {
    yield* this.events.filter((event) => event.stream === stream);
  }

  async revisions(streams: readonly string[]): Promise<readonly number[]> {
    return streams.map((stream) => this.#revision(stream));
  }

  async find(ids: readonly string[]) {
    return ids.map((id) => this.events.find((event) => event.id === id));
  }

  async at(positions: readonly Position[]): Promise<readonly RecordedEvent[]> {
    return positions.map((position) => this.events.find((event) => event.position === position)!);
  }

  async head(): Promise<Position> {
    return this.events.at(-1)?.position ?? START;
  }

  #after(position: Position): number {
    return position === START ? 0 : parseInt(position, 16);
  }

  #revision(stream: string): number {
    return this.events.findLast((event) => event.stream === stream)?.revision ?? NO_STREAM;
  }
}

function selected(events: readonly RecordedEvent[], prefixes: readonly string[] | undefined): readonly RecordedEvent[] {
  return prefixes ? events.filter(({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix))) : events;
}

/** A `NewEvent` with nothing in it but what is given. */
export function newEvent(id: string, type: string, data: JsonObject, occurredAt = 0): NewEvent {
  return { id, type, occurredAt, data, metadata: {} };
}
