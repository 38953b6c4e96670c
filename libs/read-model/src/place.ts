import { rmSync } from 'node:fs';
import { SHIPPED_RULES, type Documents, type Position } from '@throughline/contracts';
import { EmbeddedViewStore } from './embedded/embedded-view-store.ts';
import { openIdentityReader, openIdentityStore } from './embedded/identity-store.ts';
import { EmbeddedVersionShelf } from './embedded/embedded-version-shelf.ts';
import { openViewReader, type CurrentViewReader } from './embedded/open-view-reader.ts';
import type { IdentityReader, IdentityStore } from './identity-port.ts';
import type { Part } from './parts.ts';
import type { Presence } from './presence.ts';
import { clientOf, connectRedis } from './redis/connection.ts';
import { identityShard } from './redis/identity-shard.ts';
import { publishIdentity } from './redis/identity-publisher.ts';
import { openRedisIdentityReader } from './redis/open-identity-reader.ts';
import { openRedisVersionShelf } from './redis/redis-version-shelf.ts';
import { openRedisViewReader } from './redis/open-view-reader.ts';
import { openPresence } from './redis/presence.ts';
import { removeShard } from './redis/shard.ts';
import { openRedisNeighbours } from './redis/redis-neighbours.ts';
import { openRedisViewStore } from './redis/redis-view-store.ts';
import type { Neighbours, ViewStore } from './store.ts';
import type { VersionShelf } from './version-shelf.ts';

/** Where views are. Plain data: it can be handed to a thread. */
export type ViewPlace =
  | { readonly engine: 'embedded'; /** The deployment's data folder. */ readonly dir: string }
  | { readonly engine: 'redis'; /** May hold a password. */ readonly url: string };

/** What is open for writing, on a connection of its own where it needs one. */
export interface Opened<Store> {
  readonly store: Store;
  /** Aborts when the store was lost or taken over though nothing is being committed; its reason is the error to end with. */
  readonly ended: AbortSignal;
  close(): Promise<void>;
}

export interface OpenedView extends Opened<ViewStore> {
  /** The version's other parts; undefined where it has one. */
  readonly neighbours: Neighbours | undefined;
}

export interface OpenViewAt {
  readonly projection: string;
  /** With its parts in its name, where it has several. */
  readonly version: string;
  /** What a view that is not there yet must have reached before it answers from afar. */
  readonly completeAt: Position;
  /** Which part of the version; absent for all of it. */
  readonly part?: Part;
  /** The fence, where ownership is claimed elsewhere: a later one wins. */
  readonly token?: number;
  /**
   * One of several who build the version together, each its own subjects and customers: all of them who have one token may commit, until it is
   * opened with another token, or not jointly. Each run of a build needs a token of its own.
   */
  readonly joint?: boolean;
  /** What the version was defined by, where that is not shipped: kept with it when it is new. */
  readonly documents?: Documents;
  /** Readers are not given it, though there be no other; until it is promoted. */
  readonly beside?: boolean;
}

const NEVER = new AbortController().signal;

/** Opens a version of a projection for writing, or one part of it. Embedded, a version has one part. */
export async function openViewStoreAt(place: ViewPlace, view: OpenViewAt): Promise<OpenedView> {
  const { projection, version, completeAt, part, token, joint, documents, beside } = view;
  if (place.engine === 'embedded') {
    const store = new EmbeddedViewStore({ dir: place.dir, projection, version, token, documents, beside });
    return { store, neighbours: undefined, ended: NEVER, close: () => store.close() };
  }
  const isParted = part !== undefined && part.of > 1;
  const connection = await connectRedis({ url: place.url });
  try {
    const store = await openRedisViewStore({
      connection,
      projection,
      version,
      completeAt,
      documents,
      beside,
      joint,
      ...(isParted && { shard: String(part.index) }),
      ...(token !== undefined && { token }),
    });
    return {
      store,
      neighbours: isParted ? openRedisNeighbours({ connection, projection, version, part }) : undefined,
      ended: store.ended,
      close: () => store.close().finally(() => connection.close()),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Opens the versions of a projection, one beside the other. */
export async function openVersionShelfAt(place: ViewPlace, projection: string): Promise<VersionShelf> {
  if (place.engine === 'embedded') return new EmbeddedVersionShelf({ dir: place.dir, projection });
  const connection = await connectRedis({ url: place.url });
  return openRedisVersionShelf({ connection, projection, onClose: () => connection.close() });
}

/** Opens what the replicas that share some work know each other by. Only views in Redis can be shared. */
export async function openPresenceAt(
  place: ViewPlace & { readonly engine: 'redis' },
  group: string,
): Promise<{ readonly presence: Presence; close(): Promise<void> }> {
  const connection = await connectRedis({ url: place.url });
  return { presence: openPresence({ connection, group }), close: () => connection.close() };
}

/** Opens the readers of some projections; they are closed together. */
export async function openViewsAt<Name extends string>(
  place: ViewPlace,
  projections: readonly Name[],
): Promise<{ readonly views: Readonly<Record<Name, CurrentViewReader>>; close(): Promise<void> }> {
  const connection = place.engine === 'redis' ? await connectRedis({ url: place.url }) : undefined;
  const readers = await Promise.all(
    projections.map((projection) =>
      connection
        ? openRedisViewReader({ connection, projection })
        : openViewReader({ dir: (place as { dir: string }).dir, projection }),
    ),
  );
  return {
    views: Object.fromEntries(projections.map((name, i) => [name, readers[i]!])) as Record<Name, CurrentViewReader>,
    async close() {
      await Promise.all(readers.map((reader) => reader.close()));
      await connection?.close();
    },
  };
}

/** Which identity: the one by these rules. */
export interface IdentityAt {
  /** The folder of the one by the shipped rules; those by others have theirs beside it. */
  readonly dir: string;
  readonly rules: number;
}

/**
 * Opens identity's own memory for writing. It is kept on this machine, wherever the views are; others read it where those are.
 *
 * @param identity.completeAt What it must have decided, when it begins anew, before it answers others from afar.
 */
export async function openIdentityStoreAt(
  place: ViewPlace,
  { completeAt, ...identity }: IdentityAt & { readonly completeAt: Position },
): Promise<Opened<IdentityStore>> {
  const kept = openIdentityStore({ dir: folderOf(identity) });
  if (place.engine === 'embedded') return { store: kept, ended: NEVER, close: () => kept.close() };
  try {
    const connection = await connectRedis({ url: place.url });
    try {
      const store = await publishIdentity({ connection, store: kept, rules: identity.rules, completeAt });
      return { store, ended: store.ended, close: () => store.close().finally(() => connection.close()) };
    } catch (error) {
      await connection.close();
      throw error;
    }
  } catch (error) {
    await kept.close();
    throw error;
  }
}

/** Opens identity for reading: where the views are, or in the folder it is kept in. */
export async function openIdentityAt(place: ViewPlace, identity: IdentityAt): Promise<IdentityReader> {
  if (place.engine === 'embedded') return openIdentityReader({ dir: folderOf(identity) });
  const connection = await connectRedis({ url: place.url });
  const reader = await openRedisIdentityReader({ connection, rules: identity.rules });
  return {
    progress: () => reader.progress(),
    ask: (question) => reader.ask(question),
    close: () => reader.close().finally(() => connection.close()),
  };
}

/** Removes what is kept of an identity, here and where the views are. Whoever decides by it is to have ended; a reader that has it open is not disturbed. */
export async function removeIdentityAt(place: ViewPlace, identity: IdentityAt): Promise<void> {
  rmSync(folderOf(identity), { recursive: true, force: true });
  if (place.engine === 'embedded') return;
  const connection = await connectRedis({ url: place.url });
  try {
    await removeShard(clientOf(connection), identityShard(identity.rules));
  } finally {
    await connection.close();
  }
}

function folderOf({ dir, rules }: IdentityAt): string {
  return rules === SHIPPED_RULES ? dir : `${dir}-v${rules}`;
}
