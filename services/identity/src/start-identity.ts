import { join } from 'node:path';
import type { LogWriter, Watch } from '@throughline/event-log';
import { startThread, untilStopped, type Running } from '@throughline/projection';
import { hostIdentity } from './host-identity.ts';
import { performTask } from './perform-task.ts';
import type { IdentityPlace } from './tasks.ts';

export interface StartIdentity extends Omit<IdentityPlace, 'causes'> {
  /** The threads append their decisions through it. */
  readonly writer: LogWriter;
  /** Told of each commit of the version that decides for readers. */
  readonly watch?: Watch;
  /** Told which shards of the work this replica does, there being one, where it stands by with others. */
  readonly onShare?: (shards: readonly number[]) => void;
}

const SCRIPT = new URL('./worker.js', import.meta.url);

/** Where identity's graph is kept under a data folder. */
export function identityFolder(data: string): string {
  return join(data, 'identity');
}

/** Runs identity: every version of it that its control stream keeps, each in a thread of its own, and compares what is asked for there. */
export function startIdentity({ writer, watch, onShare, log, graph, views, sharing, secret }: StartIdentity): Running {
  const place: IdentityPlace = { log, graph, views, sharing, secret, causes: watch?.causes ?? false };
  return untilStopped((signal) =>
    hostIdentity({
      place,
      writer,
      signal,
      start: (task, onNews) =>
        startThread({ script: SCRIPT, work: performTask, data: { place, task }, writer, onNews }),
      onFollowed: (followed) => watch?.onFollowed(followed),
      onDecides: (decides) => onShare?.(decides ? [0] : []),
    }),
  );
}
