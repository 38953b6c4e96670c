import {
  KEY_KINDS,
  type CustomerRecord,
  type EdgeRecord,
  type IdentityGraph,
  type KeyKind,
  type KeyRecord,
  type RequestRecord,
} from '@throughline/contracts';
import type { Argument, Reply } from './client.ts';
import { unpack } from './codec.ts';
import {
  edgeBytes,
  IDENTITY_TABLE,
  keyBytes,
  neighbourPrefix,
  readCustomer,
  readEdge,
  readKey,
} from './identity-shard.ts';

/** A look at the graph that cannot be answered yet. */
export class NotFetched extends Error {
  readonly look: Look;

  constructor(look: Look) {
    super('This part of the graph is not fetched.');
    this.look = look;
  }
}

/** One question to the graph's tables: how it is asked, and what it is called. */
export interface Look {
  readonly name: string;
  readonly asked: readonly Argument[];
}

/** A list longer than this is not looked along before it is asked for: it may be a hub's, which the rules do not follow. */
const LONG = 64;

const T = IDENTITY_TABLE;
const look = {
  key: (key: string): Look => ({ name: `k${key}`, asked: ['GET', T.keys, keyBytes(key)] }),
  edge: (a: string, b: string): Look => ({
    name: `e${a < b ? a + b : b + a}`,
    asked: ['GET', T.edges, edgeBytes(a, b)],
  }),
  neighbours: (key: string, kind: KeyKind): Look => ({
    name: `n${key}${kind}`,
    asked: ['RANGE', T.neighbours, neighbourPrefix(key, kind)],
  }),
  customer: (id: string): Look => ({ name: `c${id}`, asked: ['GET', T.customers, keyBytes(id)] }),
  members: (id: string): Look => ({ name: `m${id}`, asked: ['RANGE', T.members, keyBytes(id)] }),
  request: (id: string): Look => ({ name: `r${id}`, asked: ['GET', T.requests, id] }),
  retracted: (touchpoint: string): Look => ({ name: `t${touchpoint}`, asked: ['GET', T.retracted, touchpoint] }),
};

/** Part of the graph, as of one commit. A look at anything else throws `NotFetched`. */
export class FetchedGraph implements IdentityGraph {
  readonly #rows: ReadonlyMap<string, Reply>;

  constructor(rows: ReadonlyMap<string, Reply>) {
    this.#rows = rows;
  }

  key(key: string): KeyRecord | undefined {
    const row = this.#row(look.key(key));
    return row && readKey(key, row);
  }

  edge(a: string, b: string): EdgeRecord | undefined {
    const row = this.#row(look.edge(a, b));
    return row && readEdge(row);
  }

  neighbours(key: string, kind: KeyKind): readonly string[] {
    return this.#keys(look.neighbours(key, kind));
  }

  customer(id: string): CustomerRecord | undefined {
    const row = this.#row(look.customer(id));
    return row && readCustomer(row);
  }

  members(id: string): readonly string[] {
    const members = this.#keys(look.members(id));
    return members.length === 0 ? [id] : members;
  }

  request(id: string): RequestRecord | undefined {
    const row = this.#row(look.request(id));
    return row && unpack<RequestRecord>(row);
  }

  retracted(touchpoint: string): boolean {
    return this.#row(look.retracted(touchpoint)) !== undefined;
  }

  /** What whoever looked at this much of the graph is about to look at: whom a key stands with, and whom it was seen with. */
  *next(): Iterable<Look> {
    for (const name of this.#rows.keys()) {
      const [table, id] = [name[0], name.slice(1, 33)];
      if (table === 'k') {
        const record = this.key(id);
        if (!record) continue;
        yield look.customer(record.customer);
        yield look.members(record.customer);
        for (const kind of KEY_KINDS) {
          if (record.neighbours[kind] <= LONG) yield look.neighbours(id, kind);
        }
      } else if (table === 'm' || table === 'n') {
        const keys = this.#keys({ name, asked: [] });
        if (keys.length > LONG) continue;
        for (const key of keys) {
          yield look.key(key);
          if (table === 'n') yield look.edge(id, key);
        }
      }
    }
  }

  #row(asked: Look): Buffer | undefined {
    const row = this.#rows.get(asked.name);
    if (row === undefined) throw new NotFetched(asked);
    return row === null ? undefined : (row as Buffer);
  }

  /** The last key of each row of a list. */
  #keys(asked: Look): readonly string[] {
    const rows = this.#rows.get(asked.name);
    if (rows === undefined) throw new NotFetched(asked);
    return (rows as readonly Buffer[]).map((row) => row.toString('hex', row.length - 16));
  }
}
