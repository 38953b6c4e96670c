import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { ThroughlineError, type Company } from '@throughline/contracts';
import { serveAppends, type EmbeddedLog } from '@throughline/event-log';
import type { ProjectionReport } from '../report.ts';
import { runEmbedded, type ProjectionOf } from './embedded-projection.ts';
import type { ThreadData, Told } from './serve-projection.ts';

/** Most of what a fold makes is gone with its batch: with room for it, the collector finds little to copy. */
const YOUNG = { maxYoungGenerationSizeMb: 96 };

export interface StartProjection {
  /** The deployment's data folder. */
  readonly data: string;
  /** Open in this process; the thread reads its files itself, and appends through it. */
  readonly log: EmbeddedLog;
  readonly company: Company;
  /** Called after each commit. */
  readonly onProgress?: (report: ProjectionReport) => void;
}

export interface RunningProjection {
  /** Resolves once it has stopped, rejects with what ended it. */
  readonly ended: Promise<void>;
  /** Ends it after the commit in hand. */
  stop(): Promise<void>;
}

/** Runs a projection in a thread of its own; `script` is the module whose body is `serveProjection` of the same one. */
export function startProjection<F, V>(
  projection: ProjectionOf<F, V>,
  script: URL,
  options: StartProjection,
): RunningProjection {
  // Run from its TypeScript source, as tests do, there is no script that a thread could load.
  return existsSync(fileURLToPath(script)) ? inThread(script, options) : here(projection, options);
}

function inThread(script: URL, { data, log, company, onProgress }: StartProjection): RunningProjection {
  const { port1: port, port2: writer } = new MessageChannel();
  serveAppends(log, port);
  const workerData: ThreadData = { data, signal: log.signal, company, writer, reports: onProgress !== undefined };
  const worker = new Worker(script, { workerData, transferList: [writer], resourceLimits: YOUNG });
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('message', (told: Told) => {
      if ('report' in told) onProgress?.(told.report);
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

function here<F, V>(
  projection: ProjectionOf<F, V>,
  { data, log, company, onProgress }: StartProjection,
): RunningProjection {
  const stopping = new AbortController();
  const ended = runEmbedded(projection, { data, signal: log.signal, company }, log, stopping.signal, onProgress);
  ended.catch(() => undefined);
  return {
    ended,
    stop() {
      stopping.abort();
      return ended.catch(() => undefined);
    },
  };
}
