import { isTraceparent, type Span, type SpanStart, type Tracing } from '@throughline/runtime';
import type { Parcel } from './parcel.ts';

/** Spans that one taking in of parcels begins, at most; what comes beyond keeps the place its sender gave it. */
const MOST = 64;

/**
 * The places in traces of what is taken in together: a touchpoint belongs to its sender's trace where it names one, else to its
 * request's, else to one that begins here.
 */
export class IntakeTraces {
  readonly #tracing: Tracing;
  readonly #startedAt = Date.now();
  /** By what the sender sent; undefined for what begins here. */
  readonly #spans = new Map<string | undefined, Span>();

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  /** What is kept with the event; undefined when it is not sampled. */
  of(value: unknown, parcel: Parcel): string | undefined {
    const own = (value as { traceparent?: unknown } | null | undefined)?.traceparent;
    const parent = isTraceparent(own) ? own : isTraceparent(parcel.traceparent) ? parcel.traceparent : undefined;
    if (parent === undefined && parcel.span) return parcel.span.isSampled ? parcel.span.traceparent : undefined;
    const span = this.#spans.get(parent) ?? this.#begin(parent, parcel);
    return span?.isSampled ? span.traceparent : undefined;
  }

  /** All that was taken in is durable. */
  end(): void {
    for (const span of this.#spans.values()) span.end();
    this.#spans.clear();
  }

  #begin(parent: string | undefined, { span, origin }: Parcel): Span | undefined {
    if (this.#spans.size === MOST) return undefined;
    const begun = this.#tracing.span('touchpoints receive', {
      kind: 'consumer',
      parent,
      links: span?.isSampled ? [span.traceparent] : [],
      attributes: attributesOf(origin),
      startedAt: this.#startedAt,
    });
    this.#spans.set(parent, begun);
    return begun;
  }
}

function attributesOf({ via, topic }: Parcel['origin']): NonNullable<SpanStart['attributes']> {
  if (via !== 'kafka') return {};
  return {
    'messaging.system': 'kafka',
    'messaging.destination.name': String(topic),
    'messaging.operation.type': 'process',
  };
}
