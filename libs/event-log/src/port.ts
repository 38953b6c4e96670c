import type { JsonObject, Position } from '@throughline/contracts';

/** An event on its way into the log. `data`, `personal` and `metadata` are stored apart, so that a fold parses only what it reads. */
export interface NewEvent {
  /** A UUID. The log holds an id once, for ever. */
  readonly id: string;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly data: JsonObject;
  readonly personal?: JsonObject;
  readonly metadata: JsonObject;
}

/** An event as the log gives it back. `data`, `personal` and `metadata` are parsed when first read, then kept. */
export interface RecordedEvent {
  readonly position: Position;
  readonly stream: string;
  /** 0 for the first event of the stream, then one more each. */
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly occurredAt: number;
  /** When the log recorded it, epoch milliseconds. */
  readonly recordedAt: number;
  readonly data: JsonObject;
  readonly personal: JsonObject | undefined;
  readonly metadata: JsonObject;
}

/** The revision of a stream that has no event. */
export const NO_STREAM = -1;

/** Events for one stream, all or nothing, and only if the stream's last revision is exactly `expectedRevision`. */
export interface Append {
  readonly stream: string;
  readonly expectedRevision: number;
  readonly events: readonly NewEvent[];
}

export type AppendResult =
  /**
   * Durable. `revision` and `position` are of the append's last event. `repeated` when these very events already stood at
   * these very revisions: an append may be sent again after an unknown outcome.
   */
  | { readonly ok: true; readonly revision: number; readonly position: Position; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'WRONG_REVISION'; readonly actual: number }
  /** An event's id stands elsewhere already: nothing was appended. `ids` are those known. */
  | { readonly ok: false; readonly reason: 'KNOWN_ID'; readonly ids: readonly string[] };

export interface LogWriter {
  /**
   * Appends to any number of streams; each `Append` succeeds or fails alone, and is atomic. Resolves once all that
   * succeeded is durable. The results stand in the order of the appends. Two appends of one call may name the same stream;
   * they are taken in order.
   *
   * @throws ThroughlineError `log-full`, `shutting-down`: nothing of this call is acknowledged, its outcome is unknown, and
   *   the same call may be sent again.
   */
  append(appends: readonly Append[]): Promise<readonly AppendResult[]>;
}

/** Which events a reading wants: those whose stream's name starts with one of the prefixes. Absent: all. */
export interface Selection {
  readonly prefixes?: readonly string[];
}

export interface ReadAll extends Selection {
  /** Events after this position; `START` for the beginning. */
  readonly after: Position;
  /** Events at or before this position, then the reading ends. */
  readonly upTo?: Position;
  /** At most this many events a batch; 1,000 unless told. */
  readonly batch?: number;
}

/** A piece of the log in its order. A batch may be empty: it then says only how far the reading has come. */
export interface Batch {
  readonly events: readonly RecordedEvent[];
  /** All selected events at or before this position have been delivered. */
  readonly through: Position;
}

/** Where an event stands. */
export interface EventHome {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

export interface LogReader {
  /** All that is there now, in the order of the log, in batches, each read only when asked for. */
  read(from: ReadAll): AsyncIterable<Batch>;
  /**
   * All that is there and all that comes, in the order of the log, without gap or repeat. The next batch is read only when
   * asked for: a slow reader costs no memory. Ends when `signal` aborts. Asked for again at the end of the log, waits.
   */
  follow(from: Omit<ReadAll, 'upTo'>, signal: AbortSignal): AsyncIterable<Batch>;
  /** One stream's events in order, from a revision on (0 unless told), backwards when asked. A stream without events yields nothing. */
  readStream(
    stream: string,
    options?: { from?: number; backwards?: boolean; limit?: number },
  ): AsyncIterable<RecordedEvent>;
  /** The last revision of each stream, `NO_STREAM` where there is none. */
  revisions(streams: readonly string[]): Promise<readonly number[]>;
  /** Where each event stands, undefined for an unknown id. */
  find(ids: readonly string[]): Promise<readonly (EventHome | undefined)[]>;
  /** The events at these positions, in the order asked; each must be one the log gave out. */
  at(positions: readonly Position[]): Promise<readonly RecordedEvent[]>;
  /** The position of the last durable event; `START` for an empty log. */
  head(): Promise<Position>;
}

export interface EventLog extends LogReader, LogWriter {
  close(): Promise<void>;
}
