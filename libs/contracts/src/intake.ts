/**
 * What a channel sends: a CloudEvents 1.0 envelope (attribute names in lower case) around one touchpoint. This is the wire
 * format of `POST /touchpoints`, of Kafka messages, of `throughline simulate` and of the import.
 */
import type { Dimension, Facts, Identifier } from './touchpoint.ts';
import type { JsonObject } from './json.ts';

export interface TouchpointInput {
  readonly specversion?: '1.0';
  /** The source's own id of this touchpoint; `source` and `id` together are its identity, so sending it again is safe. */
  readonly id: string;
  /** The system that says so, a URI reference: `shop`, `//genesys/eu`. */
  readonly source: string;
  /** `noun.verb`, lower case. */
  readonly type: string;
  /** RFC 3339: when it happened to the customer, by the sender's clock. */
  readonly time: string;
  /** RFC 3339: when the sender sent it, by the same clock; a skewed clock is corrected by it. */
  readonly sentat?: string;
  readonly correlationid?: string;
  readonly data: TouchpointInputData;
}

export interface TouchpointInputData extends Readonly<Partial<Record<Dimension, string>>> {
  readonly identifiers?: readonly Identifier[];
  readonly facts?: Facts;
  /** Personal data: name, address, birthday… */
  readonly traits?: JsonObject;
  /** Personal data: what the customer wrote or said. */
  readonly text?: string;
  /** Where it came from, for tracing back. */
  readonly origin?: JsonObject;
  readonly flags?: readonly string[];
}
