import type { LogReader } from '../port.ts';
import { IndexFollower } from './index-follower.ts';
import { firstPositionOf, positionOf } from './index-lookup.ts';
import { FileWatch } from './mark-file.ts';
import type { MarkWatch } from './mark.ts';
import { namedByOrigin } from './naming-by-origin.ts';
import { namedByPlace } from './naming.ts';
import { SegmentFiles } from './segment-files.ts';
import { segmentReader, type LogView } from './segment-reader.ts';
import { SignalWatch, type LogSignal } from './signal.ts';

export interface ReaderOptions {
  /** The folder of a log that somebody else writes, or will. */
  readonly dir: string;
  /** Of the log opened in the same process; without it the folder is looked at 40 times a second. */
  readonly signal?: LogSignal;
}

/** A reader of a log, in another thread than its writer, in another process, or with no writer there at all. */
export interface EmbeddedLogReader extends LogReader {
  /** Ends every `follow`. */
  close(): Promise<void>;
}

/** Opens a folder's log for reading. It never writes, and never sees beyond what is durable. */
export async function openLogReader({ dir, signal }: ReaderOptions): Promise<EmbeddedLogReader> {
  const files = new SegmentFiles(dir);
  const watch = signal ? new SignalWatch(signal) : new FileWatch(dir);
  return openReader(files, watch, { naming: namedByPlace(files), placeOfId: positionOf });
}

/** Opens a folder's copy of another log for reading: positions are that log's, and an id's home is its first. */
export function openCopyReader(dir: string): EmbeddedLogReader {
  const files = new SegmentFiles(dir);
  return openReader(files, new FileWatch(dir), { naming: namedByOrigin(files), placeOfId: firstPositionOf });
}

function openReader(
  files: SegmentFiles,
  watch: MarkWatch,
  names: Pick<LogView, 'naming' | 'placeOfId'>,
): EmbeddedLogReader {
  const index = new IndexFollower(files);
  const reader = segmentReader({
    files,
    watch,
    ...names,
    indexed: () => index.catchUp(watch.mark().end),
    parts: () => index.parts,
    repair: async (path) => index.drop(path),
  });
  return {
    ...reader,
    async close() {
      watch.close();
      index.close();
      files.close();
    },
  };
}
