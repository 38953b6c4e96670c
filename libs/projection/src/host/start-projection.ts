import type { Company } from '@throughline/contracts';
import type { EmbeddedLog } from '@throughline/event-log';
import type { ProjectionReport } from '../report.ts';
import { runEmbedded, type EmbeddedProjection, type ProjectionOf } from './embedded-projection.ts';
import { serveThread, startThread, type Running, type Work } from './thread.ts';

export interface StartProjection {
  /** The deployment's data folder. */
  readonly data: string;
  /** Open in this process; the thread reads its files itself, and appends through it. */
  readonly log: EmbeddedLog;
  readonly company: Company;
  /** Called after each commit. */
  readonly onProgress?: (report: ProjectionReport) => void;
}

/** When the cores do not suffice for all, what arrives is made durable first, and seen after. */
const AFTER_INTAKE = 5;

function workOf<F, V>(projection: ProjectionOf<F, V>): Work<EmbeddedProjection, ProjectionReport> {
  return (embedded, writer, stopping, tell) => runEmbedded(projection, embedded, writer, stopping, tell);
}

/** Runs a projection in a thread of its own; `script` is the module whose body is `serveProjection` of the same one. */
export function startProjection<F, V>(
  projection: ProjectionOf<F, V>,
  script: URL,
  { data, log, company, onProgress }: StartProjection,
): Running {
  const embedded: EmbeddedProjection = { data, signal: log.signal, company };
  return startThread({ script, work: workOf(projection), data: embedded, log, onNews: onProgress });
}

/** The body of a projection's thread. */
export async function serveProjection<F, V>(projection: ProjectionOf<F, V>): Promise<void> {
  await serveThread(workOf(projection), AFTER_INTAKE);
}
