import { IDENTITY, keyOf, START } from '@throughline/contracts';
import type { Followed } from '@throughline/event-log';
import { Rules, rulesIn } from '@throughline/identity';
import { Brake, shareParts } from '@throughline/projection';
import { openIdentityStoreAt, openPresenceAt } from '@throughline/read-model';
import { runIdentity } from './run-identity.ts';
import type { DecideTask, TaskOn } from './tasks.ts';

/** Decides by one version of the rules until the signal aborts: it is done by one replica at a time. */
export async function decideThere(task: DecideTask, on: TaskOn): Promise<void> {
  const { place, log, writer, signal, tell } = on;
  const { sharing, views } = place;
  if (!sharing || views.engine === 'embedded') return await decide(task, on);
  const { presence, close } = await openPresenceAt(views, `${IDENTITY}:${task.version}`);
  try {
    await shareParts({
      log,
      writer,
      presence,
      replica: sharing.replica,
      projection: IDENTITY,
      version: task.version,
      parts: 1,
      signal,
      run: (_, __, signal) => decide(task, { ...on, signal }),
      onShare: (parts) => tell?.({ decides: parts.length > 0 }),
    });
  } finally {
    await close();
  }
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
