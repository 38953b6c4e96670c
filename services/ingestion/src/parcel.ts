import type { JsonObject } from '@throughline/contracts';
import type { Span } from '@throughline/runtime';
import type { Decoded } from './decode.ts';

/** What arrived as one: a request, a message. */
export interface Parcel {
  readonly decoded: Decoded;
  /** How it came, for quarantine: nothing personal in it. */
  readonly origin: JsonObject;
  /** Where it stands for ever, if it does: its touchpoints are told by it, and what is bad in it is an item of its own. */
  readonly place?: JsonObject;
  /** Of what it was sent with: goes for those of its touchpoints that name none. */
  readonly correlationId?: string;
  /** Where its sender says it stands in a trace. */
  readonly traceparent?: string | undefined;
  /** The span in which it is taken in, where there is one already. */
  readonly span?: Span | undefined;
}
