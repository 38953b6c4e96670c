import { setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { problemCode, type ProblemCode, type ThroughlineError } from '@throughline/contracts';
import { remoteWriter } from '@throughline/event-log';
import type { ProjectionReport } from '../report.ts';
import { runEmbedded, type EmbeddedProjection, type ProjectionOf } from './embedded-projection.ts';

/** What the thread is given. */
export interface ThreadData extends EmbeddedProjection {
  /** Appends to the log in the thread that holds it. */
  readonly writer: MessagePort;
  /** Whether anybody listens to reports. */
  readonly reports: boolean;
}

/** What the thread tells: how far it is, or what ended it. */
export type Told =
  { readonly report: ProjectionReport } | { readonly failed: ProblemCode; readonly detail: string | undefined };

/** Niceness of a projection's thread: when the cores do not suffice for all, what arrives is made durable first, and seen after. */
const AFTER_INTAKE = 5;

/** The body of a projection's thread. Any message from the parent ends it, after the commit in hand. */
export async function serveProjection<F, V>(projection: ProjectionOf<F, V>): Promise<void> {
  const { writer, reports, ...embedded } = workerData as ThreadData;
  const parent = parentPort!;
  const tell = (told: Told) => parent.postMessage(told);
  const stopping = new AbortController();
  parent.on('message', () => stopping.abort());
  // Linux alone gives a thread a priority of its own; elsewhere it would be the whole process's.
  if (process.platform === 'linux') setPriority(0, AFTER_INTAKE);
  try {
    const onProgress = reports ? (report: ProjectionReport) => tell({ report }) : undefined;
    await runEmbedded(projection, embedded, remoteWriter(writer), stopping.signal, onProgress);
  } catch (error) {
    const code = problemCode(error);
    // What is not in the catalogue ends the thread as it is: the parent sees it as the worker's error.
    if (code === undefined) throw error;
    tell({ failed: code, detail: (error as ThroughlineError).detail });
  } finally {
    parent.close();
    writer.close();
  }
}
