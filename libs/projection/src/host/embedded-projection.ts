import { join } from 'node:path';
import type { Company, ProjectionDefinition } from '@throughline/contracts';
import { openLogReader, type LogSignal, type LogWriter } from '@throughline/event-log';
import { EmbeddedViewStore } from '@throughline/read-model';
import type { ProjectionReport } from '../report.ts';
import { runProjection } from '../run-projection.ts';
import { versionOf } from '../version.ts';

/** A projection as its library exports it. */
export type ProjectionOf<F, V> = (company: Company) => ProjectionDefinition<F, V>;

/** What a thread is told of where it runs. */
export interface EmbeddedProjection {
  /** The deployment's data folder: the log is in `log`, the views in `views`. */
  readonly data: string;
  /** Of the log opened for writing in the same process. */
  readonly signal: LogSignal;
  readonly company: Company;
}

/** Runs a projection on the embedded engines until the signal aborts, and closes what it opened. */
export async function runEmbedded<F, V>(
  projection: ProjectionOf<F, V>,
  { data, signal: logSignal, company }: EmbeddedProjection,
  writer: LogWriter,
  signal: AbortSignal,
  onProgress?: (report: ProjectionReport) => void,
): Promise<void> {
  const definition = projection(company);
  const log = await openLogReader({ dir: join(data, 'log'), signal: logSignal });
  const store = new EmbeddedViewStore({ dir: data, projection: definition.name, version: versionOf(definition) });
  try {
    await runProjection({ definition, log, writer, store, signal, ...(onProgress && { onProgress }) });
  } finally {
    await store.close();
    await log.close();
  }
}
