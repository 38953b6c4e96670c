import { START, type GraphChanges, type IdentityGraph, type Position } from '@throughline/contracts';
import type { IdentityCheckpoint, IdentityProgress, IdentityStore } from '../identity-port.ts';
import { pack, unpack } from './codec.ts';
import { clientOf, type RedisConnection } from './connection.ts';
import {
  customerRow,
  edgeBytes,
  edgeRow,
  IDENTITY_FIELD,
  identityShard,
  IDENTITY_TABLE,
  keyBytes,
  keyRow,
  memberBytes,
  neighbourBytes,
} from './identity-shard.ts';
import { COMPLETE_AT, keyOf, META, Shard } from './shard.ts';
import { WriteSet } from './write-set.ts';

export interface PublishIdentity {
  readonly connection: RedisConnection;
  /** What identity decides on: it stays on the deciding host. */
  readonly store: IdentityStore;
  /** What it is decided by. */
  readonly rules: number;
  /** Of the ownership of identity, as for a view. */
  readonly token?: number;
  /** As for a view: what identity must have decided, when it begins anew, before it answers others. */
  readonly completeAt?: Position;
}

/** Identity's store, published. */
export interface PublishedIdentityStore extends IdentityStore {
  /** As of a `RedisViewStore`: a run that stops by it is to end with its reason, and to be started again. */
  readonly ended: AbortSignal;
}

/**
 * Identity's store, with every commit published for the processes that read it from Redis (`openRedisIdentityReader`).
 *
 * A commit is published before it is kept, so that what others have is never behind what the host has: killed in between, the
 * host decides the same again, which is already there. Where Redis has less than the host, because it lost it or was never
 * told, it is told everything first; readers wait for that.
 *
 * @throws ThroughlineError `view-taken-over` by a later token; `read-model-unavailable`, `read-model-full`
 */
export async function publishIdentity({
  connection,
  store,
  rules,
  token,
  completeAt = START,
}: PublishIdentity): Promise<PublishedIdentityStore> {
  const client = clientOf(connection);
  const name = identityShard(rules);
  const shard = await Shard.takeOver(client, name, { token });
  const meta = [IDENTITY_FIELD.checkpoint, COMPLETE_AT];
  const [checkpoint, waitsFor] = await client.fields(keyOf(name, META), meta);
  const published = checkpoint ? unpack<IdentityCheckpoint>(checkpoint) : undefined;
  const incomplete = waitsFor ? (String(waitsFor) as Position) : undefined;
  const identity = new Publisher(store, shard, { published, incomplete, completeAt });
  const kept = await store.checkpoint();
  const isThere =
    kept &&
    published &&
    published.log === kept.log &&
    published.rules === kept.rules &&
    published.through >= kept.through;
  if (kept && !isThere) await identity.publishAll(kept);
  return identity;
}

interface PublisherState {
  readonly published: IdentityCheckpoint | undefined;
  readonly incomplete: Position | undefined;
  readonly completeAt: Position;
}

class Publisher implements PublishedIdentityStore {
  readonly #store: IdentityStore;
  readonly #shard: Shard;
  readonly #completeAt: Position;
  #published: IdentityCheckpoint | undefined;
  /** What must be decided before others get an answer. */
  #incomplete: Position | undefined;

  constructor(store: IdentityStore, shard: Shard, { published, incomplete, completeAt }: PublisherState) {
    this.#store = store;
    this.#shard = shard;
    this.#completeAt = completeAt;
    this.#published = published;
    this.#incomplete = incomplete;
  }

  get graph(): IdentityGraph {
    return this.#store.graph;
  }

  get ended(): AbortSignal {
    return this.#shard.ended;
  }

  progress(): Promise<IdentityProgress> {
    return this.#store.progress();
  }

  ask<T>(question: (graph: IdentityGraph) => T): Promise<T> {
    return this.#store.ask(question);
  }

  checkpoint(): Promise<IdentityCheckpoint | undefined> {
    return this.#store.checkpoint();
  }

  everything(): Iterable<GraphChanges> {
    return this.#store.everything();
  }

  async commit(changes: GraphChanges, checkpoint: IdentityCheckpoint): Promise<void> {
    // Rows stand for themselves, whatever was there: a step that begins within what is published, and ends beyond it, covers it.
    if (!this.#published || checkpoint.through > this.#published.through) {
      const writes = writesOf(changes);
      writes.set(META, IDENTITY_FIELD.checkpoint, pack(checkpoint));
      const complete = this.#incomplete !== undefined && checkpoint.through >= this.#incomplete;
      if (complete) writes.unset(META, COMPLETE_AT);
      await this.#shard.commit(writes);
      this.#published = checkpoint;
      if (complete) this.#incomplete = undefined;
    }
    await this.#store.commit(changes, checkpoint);
  }

  async clear(): Promise<void> {
    await this.#shard.commit(emptied(this.#completeAt));
    this.#published = undefined;
    this.#incomplete = this.#completeAt > START ? this.#completeAt : undefined;
    await this.#store.clear();
  }

  async close(): Promise<void> {
    this.#shard.close();
    await this.#store.close();
  }

  /** Readers get an answer again with the last part. */
  async publishAll(checkpoint: IdentityCheckpoint): Promise<void> {
    await this.#shard.commit(emptied(checkpoint.through));
    for (const part of this.#store.everything()) await this.#shard.commit(writesOf(part));
    const last = new WriteSet();
    last.unset(META, COMPLETE_AT);
    last.set(META, IDENTITY_FIELD.checkpoint, pack(checkpoint));
    await this.#shard.commit(last);
    this.#published = checkpoint;
    this.#incomplete = undefined;
  }
}

function emptied(completeAt: Position): WriteSet {
  const writes = new WriteSet();
  for (const table of Object.values(IDENTITY_TABLE)) writes.drop(table);
  writes.unset(META, IDENTITY_FIELD.checkpoint);
  writes.put(META, COMPLETE_AT, completeAt || undefined);
  return writes;
}

function writesOf(changes: GraphChanges): WriteSet {
  const writes = new WriteSet();
  for (const [key, record] of changes.keys) writes.set(IDENTITY_TABLE.keys, keyBytes(key), keyRow(key, record));
  for (const { a, b, kindOfA, kindOfB, edge } of changes.edges.values()) {
    writes.put(IDENTITY_TABLE.edges, edgeBytes(a, b), edge && edgeRow(edge));
    rank(writes, IDENTITY_TABLE.neighbours, neighbourBytes(a, kindOfB, b), edge !== undefined);
    rank(writes, IDENTITY_TABLE.neighbours, neighbourBytes(b, kindOfA, a), edge !== undefined);
  }
  for (const [id, record] of changes.customers) {
    writes.put(IDENTITY_TABLE.customers, keyBytes(id), record && customerRow(record));
  }
  for (const [id, keys] of changes.members) {
    for (const [key, there] of keys) rank(writes, IDENTITY_TABLE.members, memberBytes(id, key), there);
  }
  for (const [id, record] of changes.requests) writes.set(IDENTITY_TABLE.requests, id, pack(record));
  for (const touchpoint of changes.retracted) writes.set(IDENTITY_TABLE.retracted, touchpoint, '');
  return writes;
}

function rank(writes: WriteSet, table: string, member: Buffer, there: boolean): void {
  if (there) writes.rank(table, 0, member);
  else writes.unrank(table, member);
}
