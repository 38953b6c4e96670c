import type { ChangesPlace } from '@throughline/changes';
import type { ProjectionOf } from '@throughline/contracts';
import type { LogWriter, Watch } from '@throughline/event-log';
import type { Relayed } from '../relay-changes.ts';
import { runThere, type ProjectionNews, type ProjectionPlace } from './run-there.ts';
import { serveThread, startThread, type Running, type Work } from './thread.ts';

export interface StartProjection extends Omit<ProjectionPlace, 'causes' | 'changes'> {
  /** The thread appends through it. */
  readonly writer: LogWriter;
  /** Told of each commit. */
  readonly watch?: Watch;
  /** Where channels are told what changes, and who is told how that gets on. */
  readonly changes?: { readonly place: ChangesPlace; onRelayed(relayed: Relayed): void } | undefined;
  /** Told which parts this replica writes, where it shares them with others, whenever that changes. */
  readonly onShare?: (parts: readonly number[]) => void;
}

/** When the cores do not suffice for all, what arrives is made durable first, and seen after. */
const AFTER_INTAKE = 5;

function workOf<F, V>(projection: ProjectionOf<F, V>): Work<ProjectionPlace, ProjectionNews> {
  return (place, writer, stopping, tell) => runThere(projection, place, writer, stopping, tell);
}

/** Runs a projection in a thread of its own; `script` is the module whose body is `serveProjection` of the same one. */
export function startProjection<F, V>(
  projection: ProjectionOf<F, V>,
  script: URL,
  { writer, watch, changes, onShare, log, views, sharing, company }: StartProjection,
): Running {
  const causes = watch?.causes ?? false;
  const place: ProjectionPlace = { log, views, sharing, company, causes, changes: changes?.place };
  const onNews = (news: ProjectionNews) => {
    if ('followed' in news) watch?.onFollowed(news.followed);
    else if ('relayed' in news) changes?.onRelayed(news.relayed);
    else onShare?.(news.share);
  };
  return startThread({
    script,
    work: workOf(projection),
    data: place,
    writer,
    onNews: watch || changes || onShare ? onNews : undefined,
  });
}

/** The body of a projection's thread. */
export async function serveProjection<F, V>(projection: ProjectionOf<F, V>): Promise<void> {
  await serveThread(workOf(projection), AFTER_INTAKE);
}
