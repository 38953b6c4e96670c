import type { Company, ProjectionDefinition } from '@throughline/contracts';
import { openLogAt, type LogPlace, type LogWriter } from '@throughline/event-log';
import { openViewStoreAt, type ViewPlace } from '@throughline/read-model';
import type { ProjectionReport } from '../report.ts';
import { runProjection } from '../run-projection.ts';
import { versionOf } from '../version.ts';

/** A projection as its library exports it. */
export type ProjectionOf<F, V> = (company: Company) => ProjectionDefinition<F, V>;

/** What a thread is told of where it runs. */
export interface ProjectionPlace {
  readonly log: LogPlace;
  readonly views: ViewPlace;
  readonly company: Company;
}

/** Runs a projection on the engines it is told of until the signal aborts, and closes what it opened. */
export async function runThere<F, V>(
  projection: ProjectionOf<F, V>,
  { log: logPlace, views, company }: ProjectionPlace,
  writer: LogWriter,
  stopping: AbortSignal,
  onProgress?: (report: ProjectionReport) => void,
): Promise<void> {
  const definition = projection(company);
  const log = await openLogAt(logPlace);
  try {
    const version = versionOf(definition);
    const opened = await openViewStoreAt(views, {
      projection: definition.name,
      version,
      completeAt: await log.head(),
    });
    const { store, ended } = opened;
    try {
      const signal = AbortSignal.any([stopping, ended]);
      await runProjection({ definition, log, writer, store, signal, ...(onProgress && { onProgress }) });
      if (ended.aborted) throw ended.reason;
    } finally {
      await opened.close();
    }
  } finally {
    await log.close();
  }
}
