/** Whether a stream takes a command, by EventStoreDB's rules. Pure. */
import { isDeleted } from './stream-metadata.ts';
import type { StreamFacts } from './stream-facts.ts';

/** What a command expects of its stream, in the client's own words. */
export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export type Admission =
  /** After the stream's last event. */
  | 'accept'
  /** It comes after what it expects. It stands there already, id for id, or it is wrong. */
  | 'late'
  | 'wrong'
  | 'deleted';

export function admit({ last, isTombstoned, metadata }: StreamFacts, expected: Expected): Admission {
  if (isTombstoned) return 'deleted';
  if (expected === 'any') return 'accept';
  if (expected === 'stream_exists') {
    if (isDeleted(metadata)) return 'deleted';
    // Metadata alone makes a stream exist.
    return last < 0 && metadata.revision < 0 ? 'wrong' : 'accept';
  }
  const after = revisionOf(expected);
  if (after > last) return 'wrong';
  return after === last ? 'accept' : 'late';
}

/** The last revision that an exact expectation names. */
export function revisionOf(expected: 'no_stream' | bigint): number {
  return expected === 'no_stream' ? -1 : Number(expected);
}
