/** What must be known of a stream to decide a command on it, and to read it. */
import { NO_STREAM, type LogReader, type RecordedEvent } from '@throughline/event-log';
import { bytesOf, dataOf, isTombstone } from './stored-event.ts';
import {
  isMetadataStream,
  METADATA_OF_METADATA,
  metadataStreamOf,
  NO_METADATA,
  readMetadata,
  streamOfMetadata,
  type StreamMetadata,
} from './stream-metadata.ts';

export interface StreamFacts {
  /** The last revision, `NO_STREAM` for a stream that never had an event. */
  readonly last: number;
  /** Ended for ever. */
  readonly isTombstoned: boolean;
  readonly metadata: StreamMetadata;
}

/** The stream whose facts tell those of this one: a metadata stream's are its stream's, seen from the other side. */
export function baseOf(stream: string): string {
  return isMetadataStream(stream) ? streamOfMetadata(stream) : stream;
}

/** A stream's facts from those of its base. */
export function factsFrom(base: StreamFacts, stream: string): StreamFacts {
  if (!isMetadataStream(stream)) return base;
  return { last: base.metadata.revision, isTombstoned: false, metadata: METADATA_OF_METADATA };
}

/** The facts of bases by what is durable now, in their order. */
export async function loadFacts(log: LogReader, bases: readonly string[]): Promise<StreamFacts[]> {
  const revisions = await log.revisions(bases.flatMap((base) => [base, metadataStreamOf(base)]));
  return Promise.all(
    bases.map(async (base, i) => {
      const last = revisions[2 * i]!;
      const lastEvent = await eventAt(log, base, last);
      const metadataRevision = revisions[2 * i + 1]!;
      const metadata = await eventAt(log, metadataStreamOf(base), metadataRevision);
      return {
        last,
        isTombstoned: lastEvent !== undefined && isTombstone(lastEvent),
        metadata: metadata ? readMetadata(metadataRevision, bytesOf(dataOf(metadata))) : NO_METADATA,
      };
    }),
  );
}

async function eventAt(log: LogReader, stream: string, revision: number): Promise<RecordedEvent | undefined> {
  if (revision === NO_STREAM) return undefined;
  for await (const event of log.readStream(stream, { from: revision, limit: 1 })) return event;
  return undefined;
}
