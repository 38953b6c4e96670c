import type {
  CustomerRecord,
  EdgeRecord,
  GraphChanges,
  IdentityGraph,
  KeyKind,
  KeyRecord,
  RequestRecord,
} from '@throughline/contracts';

/** The plainest graph that can be: what the embedded store keeps in LMDB, in maps. */
export class MemoryGraph implements IdentityGraph {
  readonly #keys = new Map<string, KeyRecord>();
  readonly #edges = new Map<string, EdgeRecord>();
  readonly #neighbours = new Map<string, Set<string>>();
  readonly #customers = new Map<string, CustomerRecord>();
  readonly #members = new Map<string, Set<string>>();
  readonly #requests = new Map<string, RequestRecord>();
  readonly #retracted = new Set<string>();

  key = (key: string) => this.#keys.get(key);
  edge = (a: string, b: string) => this.#edges.get([a, b].sort().join());
  neighbours = (key: string, kind: KeyKind) => [...(this.#neighbours.get(key + kind) ?? [])].sort();
  customer = (id: string) => this.#customers.get(id);
  members = (id: string) => {
    const members = [...(this.#members.get(id) ?? [])].sort();
    return members.length > 0 ? members : [id];
  };
  request = (id: string) => this.#requests.get(id);
  retracted = (id: string) => this.#retracted.has(id);

  commit(changes: GraphChanges): void {
    for (const [key, record] of changes.keys) this.#keys.set(key, record);
    for (const { a, b, kindOfA, kindOfB, edge } of changes.edges.values()) {
      const pair = [a, b].sort().join();
      if (edge) this.#edges.set(pair, edge);
      else this.#edges.delete(pair);
      for (const [key, other] of [
        [a + kindOfB, b],
        [b + kindOfA, a],
      ] as const) {
        const set = this.#neighbours.get(key) ?? new Set();
        this.#neighbours.set(key, edge ? set.add(other) : (set.delete(other), set));
      }
    }
    for (const [id, record] of changes.customers) {
      if (record) this.#customers.set(id, record);
      else this.#customers.delete(id);
    }
    for (const [id, keys] of changes.members) {
      const set = this.#members.get(id) ?? new Set();
      for (const [key, there] of keys)
        if (there) set.add(key);
        else set.delete(key);
      this.#members.set(id, set);
    }
    for (const [id, record] of changes.requests) this.#requests.set(id, record);
    for (const id of changes.retracted) this.#retracted.add(id);
  }
}
