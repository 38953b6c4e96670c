import { isTraceparent } from '@throughline/runtime';
import type { Headers, Message, TopicPartition } from './broker.ts';

/** What ties a message to what led to it. */
export interface Ties {
  readonly correlationId: string;
  readonly traceparent?: string;
}

const CORRELATION = ['x-correlation-id', 'correlation-id', 'correlationid'];
/** As for a touchpoint's own `correlationid`. */
const LONGEST = 200;

/** By the headers that are in use for it; a message without them is told by its place, which no other has. */
export function tiesOf(
  { topic, partition }: TopicPartition,
  { offset, headers }: Pick<Message, 'offset' | 'headers'>,
): Ties {
  const given = CORRELATION.map((name) => textOf(headers[name])).find((text) => text && text.length <= LONGEST);
  const traceparent = textOf(headers['traceparent']);
  return {
    correlationId: given ?? `${topic}:${partition}:${offset}`,
    ...(isTraceparent(traceparent) && { traceparent }),
  };
}

/** Of several values the last counts. */
function textOf(value: Headers[string]): string | undefined {
  const last = Array.isArray(value) ? (value as (Buffer | string)[]).at(-1) : (value as Buffer | string | undefined);
  return last?.toString();
}
