/**
 * Identity's graph in Redis, for the processes that do not decide: one shard, whose rows are the deciding host's.
 */
import {
  SHIPPED_RULES,
  KEY_KINDS,
  type CustomerRecord,
  type EdgeRecord,
  type Evidence,
  type KeyKind,
  type KeyRecord,
  type Position,
  type Rank,
  type Side,
} from '@throughline/contracts';
import { pack, unpack } from './codec.ts';
import type { ShardName } from './shard.ts';

export const IDENTITY_TABLE = {
  keys: 'keys',
  /** By both keys, the lesser first. */
  edges: 'edges',
  /** Key, kind of the neighbour, neighbour, in order: each edge from both ends. */
  neighbours: 'neighbours',
  customers: 'customers',
  /** Customer, key, in order. */
  members: 'members',
  requests: 'requests',
  retracted: 'retracted',
} as const;

export const IDENTITY_FIELD = { checkpoint: 'checkpoint' } as const;

/** Where the graph by these rules is: in a slot of its own. */
export function identityShard(rules: number): ShardName {
  return { tag: rules === SHIPPED_RULES ? 'identity' : `identity-v${rules}`, tables: Object.values(IDENTITY_TABLE) };
}

/** Rows are arrays: a name in every row would be most of it. */
type KeyRow = [
  type: string,
  customer: string | null,
  firstHome: Position | null,
  neighbours: number[],
  links: readonly string[],
  splits: [string, Side][],
];
type EdgeRow = [at: number | null, id: string | null, more: boolean, links: readonly Evidence[]];
type CustomerRow = [counts: [string, number][], splits: [string, Side][], last: Rank | null];

export function keyRow(key: string, { type, customer, firstHome, neighbours, links, splits }: KeyRecord): Buffer {
  return pack([
    type,
    customer === key ? null : customer,
    firstHome ?? null,
    KEY_KINDS.map((kind) => neighbours[kind]),
    links,
    [...splits],
  ] satisfies KeyRow);
}

export function readKey(key: string, row: Buffer): KeyRecord {
  const [type, customer, firstHome, [person, matter, device], links, splits] = unpack<KeyRow>(row);
  return {
    type,
    customer: customer ?? key,
    ...(firstHome !== null && { firstHome }),
    neighbours: { person: person!, matter: matter!, device: device! },
    links,
    splits: new Map(splits),
  };
}

export function edgeRow({ first, more, links }: EdgeRecord): Buffer {
  return pack([first?.at ?? null, first?.id ?? null, more, links] satisfies EdgeRow);
}

export function readEdge(row: Buffer): EdgeRecord {
  const [at, id, more, links] = unpack<EdgeRow>(row);
  return { ...(id !== null && { first: { at: at!, id } }), more, links };
}

export function customerRow({ counts, splits, last }: CustomerRecord): Buffer {
  return pack([[...counts], [...splits], last ?? null] satisfies CustomerRow);
}

export function readCustomer(row: Buffer): CustomerRecord {
  const [counts, splits, last] = unpack<CustomerRow>(row);
  return { counts: new Map(counts), splits: new Map(splits), ...(last && { last }) };
}

export function keyBytes(key: string): Buffer {
  return Buffer.from(key, 'hex');
}

/** The same in either order of the keys. */
export function edgeBytes(a: string, b: string): Buffer {
  return keyBytes(a < b ? a + b : b + a);
}

export function neighbourPrefix(key: string, kind: KeyKind): Buffer {
  return Buffer.concat([keyBytes(key), KIND[kind]]);
}

export function neighbourBytes(key: string, kind: KeyKind, neighbour: string): Buffer {
  return Buffer.concat([keyBytes(key), KIND[kind], keyBytes(neighbour)]);
}

export function memberBytes(customer: string, key: string): Buffer {
  return keyBytes(customer + key);
}

const KIND = Object.fromEntries(KEY_KINDS.map((kind, n) => [kind, Buffer.from([n])])) as Record<KeyKind, Buffer>;
