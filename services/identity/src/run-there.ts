import { keyOf, START } from '@throughline/contracts';
import { openLogAt, type Followed, type LogPlace, type LogWriter } from '@throughline/event-log';
import { DEFAULT_RULES, Rules } from '@throughline/identity';
import { shareParts } from '@throughline/projection';
import { openIdentityStoreAt, openPresenceAt, type Sharing, type ViewPlace } from '@throughline/read-model';
import { runIdentity } from './run-identity.ts';

/** What a thread is told of where it runs. */
export interface IdentityPlace {
  readonly log: LogPlace;
  /** The folder of the graph. */
  readonly graph: string;
  /** Where others look for what was decided. */
  readonly views: ViewPlace;
  /** How it stands by with other replicas, of which one decides; undefined: it is the only one. */
  readonly sharing?: Sharing | undefined;
  readonly secret: Uint8Array;
  /** Whether whoever looks on wants to know what led to each commit. */
  readonly causes: boolean;
}

/** What a thread tells of identity. */
export type IdentityNews =
  { readonly followed: Followed } | { /** Whether this replica decides from here on. */ readonly decides: boolean };

/** All of identity: it is decided by one at a time. */
const ALL = { name: 'identity', version: `v${DEFAULT_RULES.version}`, parts: 1 };

/** Runs identity on the engines it is told of until the signal aborts, and closes what it opened. */
export async function runThere(
  place: IdentityPlace,
  writer: LogWriter,
  signal: AbortSignal,
  tell?: (news: IdentityNews) => void,
): Promise<void> {
  const { log: logPlace, views, sharing } = place;
  const log = await openLogAt(logPlace);
  try {
    const decide = (signal: AbortSignal) => decideThere(place, { log, writer, signal, tell });
    if (!sharing || views.engine === 'embedded') return await decide(signal);
    const { presence, close } = await openPresenceAt(views, `${ALL.name}:${ALL.version}`);
    try {
      await shareParts({
        log,
        writer,
        presence,
        replica: sharing.replica,
        projection: ALL.name,
        version: ALL.version,
        parts: ALL.parts,
        signal,
        run: (_, __, signal) => decide(signal),
        onShare: (parts) => tell?.({ decides: parts.length > 0 }),
      });
    } finally {
      await close();
    }
  } finally {
    await log.close();
  }
}

async function decideThere(
  { log: logPlace, graph, views, secret, causes }: IdentityPlace,
  { log, writer, signal: stopping, tell }: Deciding,
): Promise<void> {
  const opened = await openIdentityStoreAt(views, { dir: graph, completeAt: await log.head() });
  const { store, ended } = opened;
  try {
    // A copy that is being made anew is not a log that has lost what was decided on.
    await log.reached?.((await store.checkpoint())?.through ?? START);
    const rules = new Rules(DEFAULT_RULES, (identifier) => keyOf(secret, identifier));
    const signal = AbortSignal.any([stopping, ended]);
    const racing = logPlace.engine === 'mirror';
    const watch = tell && { causes, onFollowed: (followed: Followed) => tell({ followed }) };
    await runIdentity({ log, writer, store, rules, signal, racing, watch });
    if (ended.aborted) throw ended.reason;
  } finally {
    await opened.close();
  }
}

interface Deciding {
  readonly log: Awaited<ReturnType<typeof openLogAt>>;
  readonly writer: LogWriter;
  readonly signal: AbortSignal;
  readonly tell: ((news: IdentityNews) => void) | undefined;
}
