import type { LogWriter } from '@throughline/event-log';
import type { ProjectionReport } from '../report.ts';
import { runThere, type ProjectionOf, type ProjectionPlace } from './run-there.ts';
import { serveThread, startThread, type Running, type Work } from './thread.ts';

export interface StartProjection extends ProjectionPlace {
  /** The thread appends through it. */
  readonly writer: LogWriter;
  /** Called after each commit. */
  readonly onProgress?: (report: ProjectionReport) => void;
}

/** When the cores do not suffice for all, what arrives is made durable first, and seen after. */
const AFTER_INTAKE = 5;

function workOf<F, V>(projection: ProjectionOf<F, V>): Work<ProjectionPlace, ProjectionReport> {
  return (place, writer, stopping, tell) => runThere(projection, place, writer, stopping, tell);
}

/** Runs a projection in a thread of its own; `script` is the module whose body is `serveProjection` of the same one. */
export function startProjection<F, V>(
  projection: ProjectionOf<F, V>,
  script: URL,
  { writer, onProgress, log, views, company }: StartProjection,
): Running {
  const place: ProjectionPlace = { log, views, company };
  return startThread({ script, work: workOf(projection), data: place, writer, onNews: onProgress });
}

/** The body of a projection's thread. */
export async function serveProjection<F, V>(projection: ProjectionOf<F, V>): Promise<void> {
  await serveThread(workOf(projection), AFTER_INTAKE);
}
