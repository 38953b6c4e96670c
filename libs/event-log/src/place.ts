import type { Position } from '@throughline/contracts';
import { openLogReader } from './embedded/open-reader.ts';
import type { LogSignal } from './embedded/signal.ts';
import { openMirrorReader } from './eventstoredb/mirror-reader.ts';
import { openServerReader } from './eventstoredb/open-server-reader.ts';
import type { LogReader } from './port.ts';

/** Where this machine reads a log from. Plain data: it can be handed to a thread. */
export type LogPlace =
  | {
      readonly engine: 'embedded';
      readonly dir: string;
      /** Of whoever writes the folder in the same process; without it the folder is looked at again and again. */
      readonly signal?: LogSignal;
    }
  | {
      readonly engine: 'mirror';
      readonly dir: string;
      /** The server that it is a copy of. May hold a password. */
      readonly server?: string;
    }
  | {
      /** The server itself, beside the host's copy of it. */
      readonly engine: 'server';
      readonly dir: string;
      readonly server: string;
    };

/** A log open for reading. Closing ends every `follow`. */
export interface OpenedLog extends LogReader {
  /** Of a copy: resolves once it reaches a position, throws ThroughlineError `mirror-behind` when that takes too long. */
  reached?(position: Position): Promise<void>;
  close(): Promise<void>;
}

/** Opens a log for reading, where it is. */
export async function openLogAt(place: LogPlace): Promise<OpenedLog> {
  if (place.engine === 'server') return openServerReader({ url: place.server, mirrorDir: place.dir });
  if (place.engine === 'mirror') return openMirrorReader({ dir: place.dir });
  return await openLogReader({ dir: place.dir, ...(place.signal && { signal: place.signal }) });
}
