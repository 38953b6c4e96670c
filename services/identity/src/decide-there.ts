import { IDENTITY, keyOf, START } from '@throughline/contracts';
import type { Followed } from '@throughline/event-log';
import { Rules, rulesIn } from '@throughline/identity';
import { amongReplicas, Brake, inTurn } from '@throughline/projection';
import { openIdentityStoreAt } from '@throughline/read-model';
import { runIdentity } from './run-identity.ts';
import type { DecideTask, TaskOn } from './tasks.ts';

/** Decides by one version of the rules until the signal aborts: it is done by one replica at a time. */
export function decideThere(task: DecideTask, on: TaskOn): Promise<void> {
  const { place, log, writer, signal, tell } = on;
  const onShare = (parts: readonly number[]) => tell?.({ decides: parts.length > 0 });
  return inTurn(
    amongReplicas(place),
    { projection: IDENTITY, version: task.version, log, writer, signal, onShare },
    (_, signal) => decide(task, { ...on, signal }),
  );
}

async function decide(
  { documents, brake: shared }: DecideTask,
  { place, log, writer, signal: stopping, tell }: TaskOn,
): Promise<void> {
  const { log: logPlace, graph, views, secret, causes } = place;
  const rules = new Rules(rulesIn(documents), (identifier) => keyOf(secret, identifier));
  const at = { dir: graph, rules: rules.version };
  const opened = await openIdentityStoreAt(views, { ...at, completeAt: await log.head() });
  const { store, ended } = opened;
  try {
    const begins = (await store.checkpoint())?.through ?? START;
    // A copy that is being made anew is not a log that has lost what was decided on.
    await log.reached?.(begins);
    tell?.({ begins });
    const signal = AbortSignal.any([stopping, ended]);
    const racing = logPlace.engine === 'mirror';
    const watch = tell && { causes, onFollowed: (followed: Followed) => tell({ followed }) };
    await runIdentity({ log, writer, store, rules, signal, racing, watch, brake: new Brake(shared) });
    if (ended.aborted) throw ended.reason;
  } finally {
    await opened.close();
  }
}
