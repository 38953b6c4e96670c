import type { Cell } from '@throughline/contracts';
import {
  openRedisViewStore,
  partOf,
  partsOf,
  type RedisConnection,
  type RedisViewStore,
  type ViewChanges,
} from '../../src/index.ts';

/** An event cell, and the subject it is of. */
export type SubjectCell = readonly [subject: string, cell: Cell];

export type Contents = Omit<ViewChanges<unknown>, 'cells' | 'handed' | 'tells'> & {
  readonly cells?: readonly SubjectCell[];
};

/** The writers of all parts of a version, who each commit their own of the same contents, as engines would. */
export interface PartedStores {
  readonly parts: readonly RedisViewStore[];
  commit(contents: Contents): Promise<void>;
  close(): Promise<void>;
}

export async function openPartedStores(connection: RedisConnection, view: { projection: string; version: string }) {
  const of = partsOf(view.version);
  const parts: RedisViewStore[] = [];
  for (let i = 0; i < of; i++) {
    parts.push(await openRedisViewStore({ connection, ...view, ...(of > 1 && { shard: String(i) }) }));
  }
  return {
    parts,
    async commit(contents) {
      await Promise.all(parts.map((store, part) => store.commit(shareOf(contents, part, of))));
    },
    async close() {
      await Promise.all(parts.map((store) => store.close()));
    },
  } satisfies PartedStores;
}

/** What one part keeps of the contents: its own subjects and customers, and all that identity said. */
function shareOf(contents: Contents, part: number, of: number): ViewChanges<unknown> {
  const isOwn = (id: string) => partOf(id, of) === part;
  const own = <V>(entries: ReadonlyMap<string, V> | undefined, idOf = ([id]: readonly [string, V]) => id) =>
    new Map([...(entries ?? [])].filter((entry) => isOwn(idOf(entry))));
  return {
    ...contents,
    subjects: own(contents.subjects),
    cells: (contents.cells ?? []).filter(([subject]) => isOwn(subject)).map(([, cell]) => cell),
    parked: own(contents.parked, ([id, parked]) => parked?.of ?? id),
    contributions: own(contents.contributions),
  };
}
