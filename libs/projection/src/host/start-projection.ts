import type { ChangesPlace } from '@throughline/changes';
import type { ProjectionOf } from '@throughline/contracts';
import type { LogWriter, Watch } from '@throughline/event-log';
import type { Relayed } from '../relay-changes.ts';
import { isBuilder, serveBuilder } from '../build/serve-builder.ts';
import { hostVersions } from './host-versions.ts';
import { performTask } from './perform-task.ts';
import { untilStopped, type Running } from './running.ts';
import type { ProjectionNews, ProjectionPlace, ProjectionTask } from './tasks.ts';
import { serveThread, startThread, type Work } from './thread.ts';

export interface StartProjection extends Omit<ProjectionPlace, 'causes' | 'changes'> {
  /** The threads append through it. */
  readonly writer: LogWriter;
  /** Told of each commit of the version that readers are given. */
  readonly watch?: Watch;
  /** Where channels are told what changes, and who is told how that gets on. */
  readonly changes?: { readonly place: ChangesPlace; onRelayed(relayed: Relayed): void } | undefined;
  /** Told which parts this replica writes, where it shares them with others, whenever that changes. */
  readonly onShare?: (parts: readonly number[]) => void;
}

/** When the cores do not suffice for all, what arrives is made durable first, and seen after; what is built beside comes last. */
const NICENESS: Readonly<Record<ProjectionTask['kind'], number>> = { follow: 5, diff: 10, build: 15 };

interface Given {
  /** Its name. */
  readonly projection: string;
  readonly place: ProjectionPlace;
  readonly task: ProjectionTask;
  readonly script: string;
}

function workOf<F, V>(projection: ProjectionOf<F, V>): Work<Given, ProjectionNews> {
  return ({ place, task, script }, writer, signal, tell) =>
    performTask(projection, task, { place, script, writer, signal, tell });
}

/**
 * Runs a projection: every version that its control stream keeps, each in a thread of its own, and builds and compares what is asked for
 * there. `script` is the module whose body is `serveProjection`, which knows it by its name.
 */
export function startProjection<F, V>(
  projection: ProjectionOf<F, V>,
  script: URL,
  { writer, watch, changes, onShare, log, views, sharing, company }: StartProjection,
): Running {
  const causes = watch?.causes ?? false;
  const place: ProjectionPlace = { log, views, sharing, company, causes, changes: changes?.place };
  const { name } = projection(company);
  const work = workOf(projection);
  return untilStopped((signal) =>
    hostVersions({
      projection,
      place,
      writer,
      signal,
      start: (task, onNews) =>
        startThread({ script, work, data: { projection: name, place, task, script: script.href }, writer, onNews }),
      onFollowed: (followed) => watch?.onFollowed(followed),
      onRelayed: (relayed) => changes?.onRelayed(relayed),
      onShare: (parts) => onShare?.(parts),
    }),
  );
}

/**
 * The body of a projection's thread, whatever it was started for.
 *
 * @param named The projection of a name: the one that the thread was started for.
 */
export async function serveProjection<F, V>(named: (name: string) => ProjectionOf<F, V>): Promise<void> {
  if (isBuilder()) return serveBuilder(named);
  const work: Work<Given, ProjectionNews> = (given, ...rest) => workOf(named(given.projection))(given, ...rest);
  await serveThread(work, ({ task }) => NICENESS[task.kind]);
}
