import { openLogReader } from './embedded/open-reader.ts';
import type { LogSignal } from './embedded/signal.ts';
import { openMirrorReader } from './eventstoredb/mirror-reader.ts';
import type { LogReader } from './port.ts';

/** Where this machine reads a log from. Plain data: it can be handed to a thread. */
export type LogPlace =
  | {
      readonly engine: 'embedded';
      readonly dir: string;
      /** Of whoever writes the folder in the same process; without it the folder is looked at again and again. */
      readonly signal?: LogSignal;
    }
  | { readonly engine: 'mirror'; readonly dir: string };

/** Opens a log for reading, where it is. Closing ends every `follow`. */
export async function openLogAt(place: LogPlace): Promise<LogReader & { close(): Promise<void> }> {
  if (place.engine === 'mirror') return openMirrorReader({ dir: place.dir });
  return await openLogReader({ dir: place.dir, ...(place.signal && { signal: place.signal }) });
}
