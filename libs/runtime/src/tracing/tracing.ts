/** What services trace with. Nothing of it names a vendor; without an exporter there is none of it. */

/** A name and what is worth knowing: never anything personal. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

export interface SpanStart {
  readonly kind: 'server' | 'consumer' | 'client' | 'internal';
  /** What it is caused by, a `traceparent` of W3C Trace Context; what is none is ignored. */
  readonly parent?: string | undefined;
  /** What it is caused by as well. */
  readonly links?: readonly string[];
  readonly attributes?: SpanAttributes;
  /** Epoch milliseconds; now unless told. */
  readonly startedAt?: number;
}

/** A piece of work with its place in a trace. */
export interface Span {
  /** Its place as `traceparent` says it, for those whom it causes. */
  readonly traceparent: string;
  /** Whether it is recorded: what only costs, such as a line in an event's metadata, is left out of the others. */
  readonly isSampled: boolean;
  set(attributes: SpanAttributes): void;
  /** @param at Epoch milliseconds; now unless told. */
  end(how?: { readonly failed?: boolean; readonly at?: number }): void;
}

export interface Tracing {
  span(name: string, start: SpanStart): Span;
  /** Sends what waits to be sent, and ends. */
  stop(): Promise<void>;
}

const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

/** Whether it is a `traceparent`, of this or a later version of W3C Trace Context. */
export function isTraceparent(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 200 && FORM.test(text);
}
