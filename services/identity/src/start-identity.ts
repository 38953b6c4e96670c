import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { ThroughlineError, type ProblemCode } from '@throughline/contracts';
import { serveAppends, type EmbeddedLog } from '@throughline/event-log';
import type { IdentityProgress } from '@throughline/read-model';
import { runEmbedded, type EmbeddedIdentity } from './run-embedded.ts';

export interface StartIdentity {
  /** The deployment's data folder: the log is in `log`, the graph is kept in `identity`. */
  readonly data: string;
  /** Open in this process; the thread reads its files itself, and appends through it. */
  readonly log: EmbeddedLog;
  readonly secret: Uint8Array;
  /** Called after each commit. */
  readonly onProgress?: (progress: IdentityProgress) => void;
}

export interface RunningIdentity {
  /** Resolves once it has stopped, rejects with what ended it. */
  readonly ended: Promise<void>;
  /** Ends it after the commit in hand. */
  stop(): Promise<void>;
}

/** What the thread tells: how far it is, or the end. */
export type Told =
  { readonly progress: IdentityProgress } | { readonly failed: ProblemCode; readonly detail: string | undefined };

/** Most of what deciding makes is gone with its batch: with room for it, the collector finds little to copy. */
const YOUNG = { maxYoungGenerationSizeMb: 96 };
const SCRIPT = new URL('./worker.js', import.meta.url);

/** Where identity's graph is kept under a data folder. */
export function identityFolder(data: string): string {
  return join(data, 'identity');
}

/** Runs identity in a thread of its own. */
export function startIdentity({ data, log, secret, onProgress }: StartIdentity): RunningIdentity {
  const embedded = { logDir: join(data, 'log'), storeDir: identityFolder(data), signal: log.signal, secret };
  // Run from its TypeScript source, as tests do, there is no script that a thread could load.
  return existsSync(fileURLToPath(SCRIPT)) ? inThread(embedded, log, onProgress) : here(embedded, log, onProgress);
}

function inThread(
  embedded: EmbeddedIdentity,
  log: EmbeddedLog,
  onProgress: StartIdentity['onProgress'],
): RunningIdentity {
  const { port1: port, port2: writer } = new MessageChannel();
  serveAppends(log, port);
  const worker = new Worker(SCRIPT, {
    name: 'identity',
    workerData: { ...embedded, writer },
    transferList: [writer],
    resourceLimits: YOUNG,
  });
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('message', (told: Told) => {
      if ('progress' in told) onProgress?.(told.progress);
      else reject(new ThroughlineError(told.failed, told.detail));
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  }).finally(() => port.close());
  ended.catch(() => undefined);
  return {
    ended,
    stop() {
      worker.postMessage('stop');
      return ended.catch(() => undefined);
    },
  };
}

function here(embedded: EmbeddedIdentity, log: EmbeddedLog, onProgress: StartIdentity['onProgress']): RunningIdentity {
  const stopping = new AbortController();
  const ended = runEmbedded(embedded, log, stopping.signal, onProgress);
  ended.catch(() => undefined);
  return {
    ended,
    stop() {
      stopping.abort();
      return ended.catch(() => undefined);
    },
  };
}
