import type { Evidence, JsonObject, Key, Position, RequestType } from '@throughline/contracts';
import { Resolver, Rules, WorkingGraph, type DecisionEvent, type IdentityRules } from '../src/index.ts';
import { MemoryGraph } from './memory-graph.ts';

export interface Sent {
  readonly id: string;
  readonly occurredAt: number;
  readonly keys: readonly Key[];
}

/** A small world around a resolver: it records, and folds the decisions as a projection would. */
export class World {
  readonly rules: Rules;
  readonly decisions: DecisionEvent[] = [];
  /** Key → customer, folded from the decisions alone. */
  readonly folded = new Map<string, string>();
  readonly #remembered: number;
  #stored = new MemoryGraph();
  #graph: WorkingGraph;
  #resolver: Resolver;
  #position = 0;
  /** Where a touchpoint that was not sent yet will stand. */
  subjectOf: (id: string) => string = () => '';
  readonly #seen = new Map<string, Sent>();

  constructor(document: IdentityRules, remembered = 1000) {
    this.rules = new Rules(document, ({ value }) => value);
    this.#remembered = remembered;
    this.#graph = new WorkingGraph(this.#stored, remembered);
    this.#resolver = new Resolver(this.#graph, this.rules);
  }

  get graph(): WorkingGraph {
    return this.#graph;
  }

  touch(sent: Sent): DecisionEvent[] {
    this.#seen.set(sent.id, sent);
    return this.#fold(this.#resolver.observe(this.#cause(sent.id), sent));
  }

  retract(id: string): DecisionEvent[] {
    const keys = this.#seen.get(id)?.keys ?? [];
    const subject = keys[0]?.key ?? this.subjectOf(id);
    const next = (a: string, b: string): Evidence | undefined =>
      [...this.#seen.values()]
        .filter((sent) => sent.id !== id && !this.#graph.retracted(sent.keys[0]!.key + sent.id))
        .filter(({ keys: [home, ...others] }) =>
          others.some(({ key }) => [a, b].sort().join() === [home!.key, key].sort().join()),
        )
        .map((sent) => ({ at: sent.occurredAt, id: sent.id }))
        .sort((x, y) => x.at - y.at || (x.id < y.id ? -1 : 1))[0];
    return this.#fold(this.#resolver.retract(this.#cause(`retract-${id}`), { subject, id, keys }, next));
  }

  request(id: string, type: RequestType, occurredAt: number, data: JsonObject): DecisionEvent[] {
    return this.#fold(this.#resolver.request(this.#cause(id), type, occurredAt, data));
  }

  /** Commits, and goes on as a process that was just started. */
  restart(): void {
    this.#stored.commit(this.#graph.changes());
    this.#graph.committed();
    this.#graph = new WorkingGraph(this.#stored, this.#remembered);
    this.#resolver = new Resolver(this.#graph, this.rules);
  }

  commit(): void {
    this.#stored.commit(this.#graph.changes());
    this.#graph.committed();
  }

  /** The customer that the graph says a key stands with. */
  standsWith(key: string): string {
    return this.#graph.key(key)?.customer ?? key;
  }

  /** The customer that the decisions say a key stands with. */
  customerOf(key: string): string {
    return this.folded.get(key) ?? key;
  }

  #cause(id: string) {
    this.#position += 1;
    return { id, recordedAt: this.#position, position: String(this.#position).padStart(16, '0') as Position };
  }

  #fold(decisions: DecisionEvent[]): DecisionEvent[] {
    for (const { data } of decisions) for (const { key } of data.keys) this.folded.set(key, data.customer);
    this.decisions.push(...decisions);
    return decisions;
  }
}
