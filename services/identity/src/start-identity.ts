import { join } from 'node:path';
import type { EmbeddedLog } from '@throughline/event-log';
import { startThread, type Running } from '@throughline/projection';
import type { IdentityProgress } from '@throughline/read-model';
import { runEmbedded } from './run-embedded.ts';

export interface StartIdentity {
  /** The deployment's data folder: the log is in `log`, the graph is kept in `identity`. */
  readonly data: string;
  /** Open in this process; the thread reads its files itself, and appends through it. */
  readonly log: EmbeddedLog;
  readonly secret: Uint8Array;
  /** Called after each commit. */
  readonly onProgress?: (progress: IdentityProgress) => void;
}

const SCRIPT = new URL('./worker.js', import.meta.url);

/** Where identity's graph is kept under a data folder. */
export function identityFolder(data: string): string {
  return join(data, 'identity');
}

/** Runs identity in a thread of its own. */
export function startIdentity({ data, log, secret, onProgress }: StartIdentity): Running {
  const embedded = { logDir: join(data, 'log'), storeDir: identityFolder(data), signal: log.signal, secret };
  return startThread({ script: SCRIPT, work: runEmbedded, data: embedded, log, onNews: onProgress });
}
