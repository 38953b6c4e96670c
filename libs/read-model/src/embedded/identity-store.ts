import {
  KEY_KINDS,
  START,
  type CustomerRecord,
  type EdgeChange,
  type EdgeRecord,
  type Evidence,
  type GraphChanges,
  type IdentityGraph,
  type KeyKind,
  type KeyRecord,
  type Position,
  type Rank,
  type RequestRecord,
  type Side,
} from '@throughline/contracts';
import { open, type Database, type RootDatabase } from 'lmdb';
import type { IdentityCheckpoint, IdentityProgress, IdentityReader, IdentityStore } from '../identity-port.ts';

/**
 * Opens identity's graph in a folder, to read and to write; makes it when it is missing. One writer at a time: the one that
 * decides. Readers in other threads open the same folder.
 */
export function openIdentityStore({ dir }: { dir: string }): IdentityStore {
  return new EmbeddedIdentityStore(dir);
}

/** Opens identity's graph in a folder, to read. */
export function openIdentityReader({ dir }: { dir: string }): IdentityReader {
  return new EmbeddedIdentityStore(dir);
}

/** Rows are arrays: a name in every row would be most of it. */
type KeyRow = [
  type: string,
  customer: string | null,
  firstHome: Position | null,
  neighbours: number[],
  links: readonly string[] | null,
  splits: [string, Side][] | null,
];
type EdgeRow = [at: number | null, id: string | null, more: boolean, links: readonly Evidence[] | null];
type CustomerRow = [counts: [string, number][], splits: [string, Side][] | null, last: Rank | null];

/** Keys are hashes in hex; tables hold the bytes. */
class EmbeddedIdentityStore implements IdentityStore, IdentityGraph {
  readonly graph: IdentityGraph = this;
  readonly #root: RootDatabase;
  readonly #meta: Database<IdentityCheckpoint, string>;
  readonly #keys: Database<KeyRow, Buffer>;
  /** By both keys, the lesser first. */
  readonly #edges: Database<EdgeRow, Buffer>;
  /** Key, kind of the neighbour, neighbour: each edge from both ends. */
  readonly #neighbours: Database<Buffer, Buffer>;
  readonly #customers: Database<CustomerRow, Buffer>;
  /** Customer, key. */
  readonly #members: Database<Buffer, Buffer>;
  readonly #requests: Database<RequestRecord, string>;
  readonly #retracted: Database<Buffer, string>;

  constructor(dir: string) {
    this.#root = open({ path: dir, maxDbs: 8, noSubdir: false });
    this.#meta = this.#root.openDB({ name: 'meta' });
    this.#keys = this.#root.openDB({ name: 'keys', keyEncoding: 'binary' });
    this.#edges = this.#root.openDB({ name: 'edges', keyEncoding: 'binary' });
    this.#neighbours = this.#root.openDB({ name: 'neighbours', keyEncoding: 'binary', encoding: 'binary' });
    this.#customers = this.#root.openDB({ name: 'customers', keyEncoding: 'binary' });
    this.#members = this.#root.openDB({ name: 'members', keyEncoding: 'binary', encoding: 'binary' });
    this.#requests = this.#root.openDB({ name: 'requests' });
    this.#retracted = this.#root.openDB({ name: 'retracted', encoding: 'binary' });
  }

  async progress(): Promise<IdentityProgress> {
    this.#root.resetReadTxn();
    return this.#meta.get(CHECKPOINT) ?? { through: START, lastDecision: START };
  }

  async ask<T>(question: (graph: IdentityGraph) => T): Promise<T> {
    // A snapshot from before, still open, would not show the last commit of another process.
    this.#root.resetReadTxn();
    return question(this);
  }

  async checkpoint(): Promise<IdentityCheckpoint | undefined> {
    return this.#meta.get(CHECKPOINT);
  }

  key(key: string): KeyRecord | undefined {
    const row = this.#keys.get(bytes(key));
    if (!row) return undefined;
    const [type, customer, firstHome, [person, matter, device], links, splits] = row;
    return {
      type,
      customer: customer ?? key,
      ...(firstHome !== null && { firstHome }),
      neighbours: { person: person!, matter: matter!, device: device! },
      links: links ?? [],
      splits: new Map(splits),
    };
  }

  edge(a: string, b: string): EdgeRecord | undefined {
    const row = this.#edges.get(pair(a, b));
    if (!row) return undefined;
    const [at, id, more, links] = row;
    return { ...(id !== null && { first: { at: at!, id } }), more, links: links ?? [] };
  }

  neighbours(key: string, kind: KeyKind): readonly string[] {
    return this.#after(this.#neighbours, Buffer.concat([bytes(key), KIND[kind]]));
  }

  customer(id: string): CustomerRecord | undefined {
    const row = this.#customers.get(bytes(id));
    if (!row) return undefined;
    const [counts, splits, last] = row;
    return { counts: new Map(counts), splits: new Map(splits), ...(last && { last }) };
  }

  members(id: string): readonly string[] {
    const members = this.#after(this.#members, bytes(id));
    return members.length === 0 ? [id] : members;
  }

  request(id: string): RequestRecord | undefined {
    return this.#requests.get(id);
  }

  retracted(touchpoint: string): boolean {
    return this.#retracted.doesExist(touchpoint);
  }

  *everything(): Iterable<GraphChanges> {
    for (const rows of parts(this.#keys.getKeys())) {
      const keys = rows.map((row) => row.toString('hex'));
      yield { ...NO_CHANGES, keys: new Map(keys.map((key) => [key, this.key(key)!])) };
    }
    for (const rows of parts(this.#neighbours.getKeys())) {
      const edges = rows.map((row) => this.#edgeOf(row)).filter((edge) => edge !== undefined);
      yield { ...NO_CHANGES, edges: new Map(edges.map((edge) => [edge.a + edge.b, edge])) };
    }
    for (const rows of parts(this.#customers.getKeys())) {
      const ids = rows.map((row) => row.toString('hex'));
      yield { ...NO_CHANGES, customers: new Map(ids.map((id) => [id, this.customer(id)])) };
    }
    for (const rows of parts(this.#members.getKeys())) {
      const members = new Map<string, Map<string, boolean>>();
      for (const row of rows) {
        const id = row.toString('hex', 0, KEY_BYTES);
        members.set(id, (members.get(id) ?? new Map<string, boolean>()).set(row.toString('hex', KEY_BYTES), true));
      }
      yield { ...NO_CHANGES, members };
    }
    for (const ids of parts(this.#requests.getKeys())) {
      yield { ...NO_CHANGES, requests: new Map(ids.map((id) => [id, this.#requests.get(id)!])) };
    }
    for (const touchpoints of parts(this.#retracted.getKeys())) {
      yield { ...NO_CHANGES, retracted: new Set(touchpoints) };
    }
  }

  async commit(changes: GraphChanges, checkpoint: IdentityCheckpoint): Promise<void> {
    await this.#root.batch(() => {
      for (const [key, record] of changes.keys) void this.#keys.put(bytes(key), keyRow(key, record));
      for (const { a, b, kindOfA, kindOfB, edge } of changes.edges.values()) {
        const [ab, ba] = [
          Buffer.concat([bytes(a), KIND[kindOfB], bytes(b)]),
          Buffer.concat([bytes(b), KIND[kindOfA], bytes(a)]),
        ];
        if (edge) {
          void this.#edges.put(pair(a, b), edgeRow(edge));
          void this.#neighbours.put(ab, NOTHING);
          void this.#neighbours.put(ba, NOTHING);
        } else {
          void this.#edges.remove(pair(a, b));
          void this.#neighbours.remove(ab);
          void this.#neighbours.remove(ba);
        }
      }
      for (const [id, record] of changes.customers) {
        if (record) void this.#customers.put(bytes(id), customerRow(record));
        else void this.#customers.remove(bytes(id));
      }
      for (const [id, keys] of changes.members) {
        for (const [key, there] of keys) {
          if (there) void this.#members.put(bytes(id + key), NOTHING);
          else void this.#members.remove(bytes(id + key));
        }
      }
      for (const [id, record] of changes.requests) void this.#requests.put(id, record);
      for (const id of changes.retracted) void this.#retracted.put(id, NOTHING);
      void this.#meta.put(CHECKPOINT, checkpoint);
    });
  }

  async clear(): Promise<void> {
    const tables = [
      this.#meta,
      this.#keys,
      this.#edges,
      this.#neighbours,
      this.#customers,
      this.#members,
      this.#requests,
      this.#retracted,
    ];
    await Promise.all(tables.map((table) => table.clearAsync()));
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  /** The edge that a row of neighbours is of; undefined at one of its ends, so that it is found once. */
  #edgeOf(row: Buffer): EdgeChange | undefined {
    const [a, b] = [row.toString('hex', 0, KEY_BYTES), row.toString('hex', KEY_BYTES + 1)];
    if (a > b) return undefined;
    const kindOfA = KEY_KINDS.find((kind) =>
      this.#neighbours.doesExist(Buffer.concat([bytes(b), KIND[kind], bytes(a)])),
    );
    return { a, b, kindOfA: kindOfA!, kindOfB: KEY_KINDS[row[KEY_BYTES]!]!, edge: this.edge(a, b) };
  }

  /** The last key of each row whose own key begins so, in order. */
  #after(table: Database<Buffer, Buffer>, prefix: Buffer): string[] {
    const start = Buffer.concat([prefix, LEAST]);
    const end = Buffer.concat([prefix, GREATEST]);
    const found: string[] = [];
    for (const key of table.getKeys({ start, end })) found.push(key.toString('hex', prefix.length));
    return found;
  }
}

const CHECKPOINT = 'checkpoint';
const KEY_BYTES = 16;
/** Rows given out at a time. */
const PART = 5_000;
const NO_CHANGES: GraphChanges = {
  keys: new Map(),
  edges: new Map(),
  customers: new Map(),
  members: new Map(),
  requests: new Map(),
  retracted: new Set(),
};
const NOTHING = Buffer.alloc(0);
const LEAST = Buffer.alloc(16, 0x00);
/** One byte longer than any key, so that the greatest key is inside. */
const GREATEST = Buffer.alloc(17, 0xff);
const KIND = Object.fromEntries(KEY_KINDS.map((kind, n) => [kind, Buffer.from([n])])) as Record<KeyKind, Buffer>;

function* parts<T>(all: Iterable<T>): Iterable<T[]> {
  let part: T[] = [];
  for (const one of all) {
    part.push(one);
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function pair(a: string, b: string): Buffer {
  return bytes(a < b ? a + b : b + a);
}

function keyRow(key: string, { type, customer, firstHome, neighbours, links, splits }: KeyRecord): KeyRow {
  return [
    type,
    customer === key ? null : customer,
    firstHome ?? null,
    KEY_KINDS.map((kind) => neighbours[kind]),
    links.length > 0 ? links : null,
    splits.size > 0 ? [...splits] : null,
  ];
}

function edgeRow({ first, more, links }: EdgeRecord): EdgeRow {
  return [first?.at ?? null, first?.id ?? null, more, links.length > 0 ? links : null];
}

function customerRow({ counts, splits, last }: CustomerRecord): CustomerRow {
  return [[...counts], splits.size > 0 ? [...splits] : null, last ?? null];
}
