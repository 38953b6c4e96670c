import { keyOf, START } from '@throughline/contracts';
import { openLogAt, type Followed, type LogPlace, type LogWriter } from '@throughline/event-log';
import { DEFAULT_RULES, Rules } from '@throughline/identity';
import { openIdentityStoreAt, type ViewPlace } from '@throughline/read-model';
import { runIdentity } from './run-identity.ts';

/** What a thread is told of where it runs. */
export interface IdentityPlace {
  readonly log: LogPlace;
  /** The folder of the graph. */
  readonly graph: string;
  /** Where others look for what was decided. */
  readonly views: ViewPlace;
  readonly secret: Uint8Array;
  /** Whether whoever looks on wants to know what led to each commit. */
  readonly causes: boolean;
}

/** Runs identity on the engines it is told of until the signal aborts, and closes what it opened. */
export async function runThere(
  { log: logPlace, graph, views, secret, causes }: IdentityPlace,
  writer: LogWriter,
  stopping: AbortSignal,
  onFollowed?: (followed: Followed) => void,
): Promise<void> {
  const log = await openLogAt(logPlace);
  try {
    const opened = await openIdentityStoreAt(views, { dir: graph, completeAt: await log.head() });
    const { store, ended } = opened;
    try {
      // A copy that is being made anew is not a log that has lost what was decided on.
      await log.reached?.((await store.checkpoint())?.through ?? START);
      const rules = new Rules(DEFAULT_RULES, (identifier) => keyOf(secret, identifier));
      const signal = AbortSignal.any([stopping, ended]);
      const racing = logPlace.engine === 'mirror';
      const watch = onFollowed && { causes, onFollowed };
      await runIdentity({ log, writer, store, rules, signal, racing, watch });
      if (ended.aborted) throw ended.reason;
    } finally {
      await opened.close();
    }
  } finally {
    await log.close();
  }
}
