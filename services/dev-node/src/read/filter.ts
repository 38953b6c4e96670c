/** Filters of `$all`, as EventStoreDB evaluates them on the server. */
import type { RecordedEvent } from '@throughline/event-log';

export interface Filter {
  accepts(event: RecordedEvent): boolean;
  /** A subscription is told how far it has come each time so many events were looked at. */
  readonly checkpointEvery: number;
}

export interface FilterRequest {
  readonly on: 'stream' | 'type';
  /** Empty when prefixes are given. */
  readonly regex: string;
  readonly prefixes: readonly string[];
  readonly checkpointEvery: number;
}

/** @throws SyntaxError when the regular expression is none. */
export function filterOf({ on, regex, prefixes, checkpointEvery }: FilterRequest): Filter {
  const pattern = regex === '' ? undefined : new RegExp(regex);
  const matches = pattern
    ? (name: string) => pattern.test(name)
    : (name: string) => prefixes.some((prefix) => name.startsWith(prefix));
  return { accepts: (event) => matches(on === 'stream' ? event.stream : event.type), checkpointEvery };
}
