import { open, type Database, type RootDatabase } from 'lmdb';

/** The tables of one (projection, version): one LMDB environment, so that one transaction covers them all. */
export interface Tables {
  readonly root: RootDatabase;
  /** `checkpoint`, `progress`, `owner`, `documents`, `customers`, `parked`, `sequence`. */
  readonly meta: Database<unknown, string>;
  /** Names and dimension values, written once and known by number from then on. */
  readonly texts: Database<string | number, string | number>;
  readonly subjects: Database<unknown, string>;
  /** Key → customer, as decided. */
  readonly standing: Database<string, string>;
  /** Customer → keys, as decided. */
  readonly members: Database<unknown, string>;
  readonly moves: Database<unknown, string>;
  readonly parked: Database<unknown, string>;
  readonly touched: Database<Buffer, string>;
  readonly contributions: Database<unknown, string>;
  /** [day of next change, customer]. */
  readonly due: Database<Buffer, [number, string]>;
  readonly index: Database<Buffer, Buffer>;
  readonly cells: Database<Buffer, Buffer>;
  /** Sequence → change. */
  readonly outbox: Database<unknown, number>;
  /** What a replay noted. */
  readonly marks: Database<unknown, string>;
}

/** Written in place and never synced while open: see sync-mark.ts for what makes that safe. */
const UNSYNCED = { useWritemap: true, noSync: true, overlappingSync: false };

/** Opens the environment in a folder, and makes what is missing. Opening reads nothing, whatever the size. */
export function openTables(folder: string): Tables {
  const root = open({ path: folder, maxDbs: 16, noSubdir: false, encoding: 'msgpack', ...UNSYNCED });
  return {
    root,
    meta: root.openDB('meta', { encoding: 'msgpack' }),
    texts: root.openDB('texts', { encoding: 'msgpack' }),
    // Shared structures keep the names of a fragment's fields out of every row.
    subjects: root.openDB('subjects', { encoding: 'msgpack', sharedStructuresKey: Symbol.for('structures') }),
    standing: root.openDB('standing', { encoding: 'string' }),
    members: root.openDB('members', { encoding: 'msgpack' }),
    moves: root.openDB('moves', { encoding: 'msgpack' }),
    parked: root.openDB('parked', { encoding: 'msgpack' }),
    touched: root.openDB('touched', { encoding: 'binary' }),
    contributions: root.openDB('contributions', { encoding: 'msgpack' }),
    due: root.openDB('due', { encoding: 'binary' }),
    index: root.openDB('index', { encoding: 'binary', keyEncoding: 'binary' }),
    cells: root.openDB('cells', { encoding: 'binary', keyEncoding: 'binary' }),
    outbox: root.openDB('outbox', { encoding: 'msgpack' }),
    marks: root.openDB('marks', { encoding: 'msgpack' }),
  };
}
