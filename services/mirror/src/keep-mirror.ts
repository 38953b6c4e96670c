import { runMirror, type MirrorProgress } from '@throughline/event-log';
import type { PartFigures, Running } from '@throughline/runtime';
import type { Logger } from 'pino';

export interface KeepMirror {
  /** The server's connection string. */
  readonly url: string;
  /** The folder of the copy. */
  readonly dir: string;
  readonly logger: Logger;
  readonly parts: PartFigures;
  /** Told after each batch. */
  readonly onProgress?: (progress: MirrorProgress) => void;
}

/** Keeps this host's copy of the log until it is stopped, and tells the log what keeps it from that. */
export function keepMirror({ url, dir, logger, parts, onProgress }: KeepMirror): Running {
  const stopping = new AbortController();
  const ended = runMirror({
    url,
    dir,
    signal: stopping.signal,
    onProgress(progress) {
      if (progress.written) parts.committed('mirror', progress.written);
      onProgress?.(progress);
    },
    onDoubt(why) {
      parts.failed('mirror');
      logger.warn({ why }, 'the copy of the log is in doubt; it is begun anew');
    },
    onTrouble(error) {
      parts.failed('mirror');
      logger.warn({ err: error }, 'the copy of the log cannot go on; it is tried again');
    },
  });
  return {
    ended,
    stop() {
      stopping.abort();
      return ended.catch(() => undefined);
    },
  };
}
