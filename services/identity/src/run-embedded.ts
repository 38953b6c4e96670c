import { keyOf } from '@throughline/contracts';
import { openLogReader, type LogSignal, type LogWriter } from '@throughline/event-log';
import { DEFAULT_RULES, Rules } from '@throughline/identity';
import { openIdentityStore, type IdentityProgress } from '@throughline/read-model';
import { runIdentity } from './run-identity.ts';

export interface EmbeddedIdentity {
  readonly logDir: string;
  readonly storeDir: string;
  /** Of the log opened for writing in the same process. */
  readonly signal: LogSignal;
  readonly secret: Uint8Array;
}

/** Runs identity on the embedded engines until the signal aborts, and closes what it opened. */
export async function runEmbedded(
  { logDir, storeDir, signal, secret }: EmbeddedIdentity,
  writer: LogWriter,
  stopping: AbortSignal,
  onProgress?: (progress: IdentityProgress) => void,
): Promise<void> {
  const log = await openLogReader({ dir: logDir, signal });
  const store = openIdentityStore({ dir: storeDir });
  const rules = new Rules(DEFAULT_RULES, (identifier) => keyOf(secret, identifier));
  try {
    await runIdentity({ log, writer, store, rules, signal: stopping, ...(onProgress && { onProgress }) });
  } finally {
    await store.close();
    await log.close();
  }
}
