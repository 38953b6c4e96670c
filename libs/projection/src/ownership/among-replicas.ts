import { openPresenceAt, type Sharing, type ViewPlace } from '@throughline/read-model';
import { shareParts, type ShareParts } from './share-parts.ts';

/** Where replicas know each other, and what this one is called there. */
export interface AmongReplicas {
  readonly views: ViewPlace & { readonly engine: 'redis' };
  readonly sharing: Sharing;
}

/** Undefined for the only one there is: views in Redis alone can be shared. */
export function amongReplicas({
  views,
  sharing,
}: {
  readonly views: ViewPlace;
  readonly sharing?: Sharing | undefined;
}): AmongReplicas | undefined {
  return sharing && views.engine === 'redis' ? { views, sharing } : undefined;
}

/** `shareParts` with all replicas that share this version. */
export async function shareAmong(
  { views, sharing }: AmongReplicas,
  share: Omit<ShareParts, 'presence' | 'replica'>,
): Promise<void> {
  const { presence, close } = await openPresenceAt(views, `${share.projection}:${share.version}`);
  try {
    await shareParts({ ...share, presence, replica: sharing.replica });
  } finally {
    await close();
  }
}

/** Of the replicas one works at a time, and another takes over when it goes. The only one there is works under the token 0. */
export async function inTurn(
  among: AmongReplicas | undefined,
  share: Omit<ShareParts, 'presence' | 'replica' | 'parts' | 'run'>,
  work: (token: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (!among) return work(0, share.signal);
  return shareAmong(among, { ...share, parts: 1, run: (_, token, signal) => work(token, signal) });
}
