import { join } from 'node:path';
import type { LogWriter } from '@throughline/event-log';
import { startThread, type Running } from '@throughline/projection';
import type { IdentityProgress } from '@throughline/read-model';
import { runThere, type IdentityPlace } from './run-there.ts';

export interface StartIdentity extends IdentityPlace {
  /** The thread appends its decisions through it. */
  readonly writer: LogWriter;
  /** Called after each commit. */
  readonly onProgress?: (progress: IdentityProgress) => void;
}

const SCRIPT = new URL('./worker.js', import.meta.url);

/** Where identity's graph is kept under a data folder. */
export function identityFolder(data: string): string {
  return join(data, 'identity');
}

/** Runs identity in a thread of its own. */
export function startIdentity({ writer, onProgress, log, graph, views, secret }: StartIdentity): Running {
  const place: IdentityPlace = { log, graph, views, secret };
  return startThread({ script: SCRIPT, work: runThere, data: place, writer, onNews: onProgress });
}
