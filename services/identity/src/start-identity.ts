import { join } from 'node:path';
import type { LogWriter, Watch } from '@throughline/event-log';
import { startThread, type Running } from '@throughline/projection';
import { runThere, type IdentityPlace } from './run-there.ts';

export interface StartIdentity extends Omit<IdentityPlace, 'causes'> {
  /** The thread appends its decisions through it. */
  readonly writer: LogWriter;
  /** Told of each commit. */
  readonly watch?: Watch;
}

const SCRIPT = new URL('./worker.js', import.meta.url);

/** Where identity's graph is kept under a data folder. */
export function identityFolder(data: string): string {
  return join(data, 'identity');
}

/** Runs identity in a thread of its own. */
export function startIdentity({ writer, watch, log, graph, views, secret }: StartIdentity): Running {
  const place: IdentityPlace = { log, graph, views, secret, causes: watch?.causes ?? false };
  return startThread({ script: SCRIPT, work: runThere, data: place, writer, onNews: watch?.onFollowed });
}
