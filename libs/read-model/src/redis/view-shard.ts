/** The tables of one version of one projection, and how they are called. */
import { partsOf } from '../parts.ts';
import type { ShardName } from './shard.ts';

/** One version of one projection, or one part of it. */
export interface ViewName {
  readonly projection: string;
  readonly version: string;
  /** Which part, where the version is kept in several: its index. `all` unless told. */
  readonly shard?: string | undefined;
}

export const TABLE = {
  /** Subject → row. */
  subjects: 'subjects',
  /** Key → customer, as decided. */
  standing: 'standing',
  /** Customer → type, key, type, key…, as decided. */
  members: 'members',
  /** Request → move. */
  moves: 'moves',
  parked: 'parked',
  /** In order, all with one score. */
  touched: 'touched',
  /** Customers of other parts that wait for their writers: rows of handed-row.ts, all with one score. */
  handed: 'handed',
  /** Customers by the day of their next change. */
  due: 'due',
  contributions: 'contributions',
  /** Name → number, and number → name: names of fields and cells, short in contributions and index. */
  numbers: 'numbers',
  names: 'names',
  /** Keys of index-key.ts, all with one score, so that they stand byte by byte. */
  index: 'index',
  /** Key of the index → the whole value, where the key holds only part of it. */
  whole: 'whole',
  /** Cell → values. */
  cells: 'cells',
  /** The cells' names in order. */
  cellOrder: 'cell-order',
  /** Changes by their sequence. */
  outbox: 'outbox',
  /** What a replay noted, by name. */
  marks: 'marks',
} as const;

/** Fields of `meta`, beside those of every shard; `sequence` is the last that a change was given. */
export const FIELD = {
  checkpoint: 'checkpoint',
  progress: 'progress',
  sequence: 'sequence',
  documents: 'documents',
} as const;

export function viewShard({ projection, version, shard = 'all' }: ViewName): ShardName {
  return { tag: `${projection}:${version}:${shard}`, tables: Object.values(TABLE) };
}

/** One of the parts of a version. */
export function partShard({ projection, version }: Omit<ViewName, 'shard'>, index: number): ShardName {
  return viewShard({ projection, version, ...(partsOf(version) > 1 && { shard: String(index) }) });
}
