import type {
  CustomerRecord,
  EdgeChange,
  EdgeRecord,
  GraphChanges,
  IdentityGraph,
  KeyKind,
  KeyRecord,
  RequestRecord,
} from '@throughline/contracts';
import { Recent } from './recent.ts';

/**
 * A graph under change: reads through to what is stored, and keeps every change until it is told that they are committed.
 * Records are replaced, never changed in place.
 */
export class WorkingGraph implements IdentityGraph {
  readonly #stored: IdentityGraph;
  readonly #keys: Recent<KeyRecord>;
  readonly #edges: Recent<EdgeRecord>;
  readonly #customers: Recent<CustomerRecord>;

  readonly #changedKeys = new Map<string, KeyRecord>();
  readonly #changedEdges = new Map<string, EdgeChange>();
  readonly #changedNeighbours = new Map<string, Map<string, boolean>>();
  readonly #changedCustomers = new Map<string, CustomerRecord | undefined>();
  readonly #changedMembers = new Map<string, Map<string, boolean>>();
  readonly #changedRequests = new Map<string, RequestRecord>();
  readonly #newlyRetracted = new Set<string>();

  /** @param remembered How many stored records of each sort are kept at hand, about. */
  constructor(stored: IdentityGraph, remembered = 100_000) {
    this.#stored = stored;
    this.#keys = new Recent(remembered);
    this.#edges = new Recent(remembered);
    this.#customers = new Recent(remembered);
  }

  key(key: string): KeyRecord | undefined {
    return this.#changedKeys.get(key) ?? this.#keys.get(key, () => this.#stored.key(key));
  }

  setKey(key: string, record: KeyRecord): void {
    this.#changedKeys.set(key, record);
    this.#keys.set(key, record);
  }

  edge(a: string, b: string): EdgeRecord | undefined {
    const pair = pairOf(a, b);
    const changed = this.#changedEdges.get(pair);
    return changed ? changed.edge : this.#edges.get(pair, () => this.#stored.edge(a, b));
  }

  /** @param edge Undefined removes it. */
  setEdge(a: string, kindOfA: KeyKind, b: string, kindOfB: KeyKind, edge: EdgeRecord | undefined): void {
    const pair = pairOf(a, b);
    this.#changedEdges.set(pair, { a, b, kindOfA, kindOfB, edge });
    this.#edges.set(pair, edge);
    within(this.#changedNeighbours, a + kindOfB).set(b, edge !== undefined);
    within(this.#changedNeighbours, b + kindOfA).set(a, edge !== undefined);
  }

  neighbours(key: string, kind: KeyKind): readonly string[] {
    return patched(this.#stored.neighbours(key, kind), this.#changedNeighbours.get(key + kind));
  }

  customer(id: string): CustomerRecord | undefined {
    return this.#changedCustomers.has(id)
      ? this.#changedCustomers.get(id)
      : this.#customers.get(id, () => this.#stored.customer(id));
  }

  members(id: string): readonly string[] {
    const changes = this.#changedMembers.get(id);
    const members = patched(this.#stored.members(id), changes);
    return members.length === 0 ? [id] : members;
  }

  /** Replaces what a customer consists of: `undefined` when it is a key alone, or no customer any more. */
  setCustomer(id: string, record: CustomerRecord | undefined): void {
    this.#changedCustomers.set(id, record);
    this.#customers.set(id, record);
  }

  setMember(customer: string, key: string, isMember: boolean): void {
    within(this.#changedMembers, customer).set(key, isMember);
  }

  request(id: string): RequestRecord | undefined {
    return this.#changedRequests.get(id) ?? this.#stored.request(id);
  }

  setRequest(id: string, record: RequestRecord): void {
    this.#changedRequests.set(id, record);
  }

  retracted(touchpoint: string): boolean {
    return this.#newlyRetracted.has(touchpoint) || this.#stored.retracted(touchpoint);
  }

  retract(touchpoint: string): void {
    this.#newlyRetracted.add(touchpoint);
  }

  /** All that changed since the last `committed`. */
  changes(): GraphChanges {
    return {
      keys: this.#changedKeys,
      edges: this.#changedEdges,
      customers: this.#changedCustomers,
      members: this.#changedMembers,
      requests: this.#changedRequests,
      retracted: this.#newlyRetracted,
    };
  }

  /** The stored graph now holds `changes()`. */
  committed(): void {
    this.#changedKeys.clear();
    this.#changedEdges.clear();
    this.#changedNeighbours.clear();
    this.#changedCustomers.clear();
    this.#changedMembers.clear();
    this.#changedRequests.clear();
    this.#newlyRetracted.clear();
  }
}

function pairOf(a: string, b: string): string {
  return a < b ? a + b : b + a;
}

function within(changes: Map<string, Map<string, boolean>>, key: string): Map<string, boolean> {
  let inner = changes.get(key);
  if (!inner) changes.set(key, (inner = new Map()));
  return inner;
}

function patched(stored: readonly string[], changes: ReadonlyMap<string, boolean> | undefined): readonly string[] {
  if (!changes) return stored;
  const result = new Set(stored);
  for (const [key, there] of changes) {
    if (there) result.add(key);
    else result.delete(key);
  }
  return [...result].sort();
}
