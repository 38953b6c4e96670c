import {
  KEY_KINDS,
  type EdgeRecord,
  type Evidence,
  type JsonObject,
  type Key,
  type KeyKind,
  type KeyRecord,
  type LinkRequested,
  type RequestRecord,
  type RequestType,
  type RequestUndone,
  type Side,
  type SplitRequested,
} from '@throughline/contracts';
import { isHub } from './link.ts';
import { compareEvidence } from './rank.ts';
import type { Rules } from './rules.ts';
import { Step, type Cause, type DecisionEvent } from './step.ts';
import type { WorkingGraph } from './working-graph.ts';

/** What identity reads of a touchpoint. */
export interface Sighting {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  /** The home first. */
  readonly keys: readonly Key[];
}

/** A touchpoint that no longer counts. Its stream is part of what it is: a copy in another stream goes on counting. */
export interface Retraction extends Pick<Sighting, 'id' | 'keys'> {
  readonly subject: string;
}

/**
 * Decides which keys are one customer, one cause after the other. What it decides depends on the causes seen so far and on
 * the rules, not on their order; the decisions are the difference that each cause makes.
 */
export class Resolver {
  readonly #graph: WorkingGraph;
  readonly #rules: Rules;

  constructor(graph: WorkingGraph, rules: Rules) {
    this.#graph = graph;
    this.#rules = rules;
  }

  /** A touchpoint was recorded: its home and each of its other keys were seen together. */
  observe(cause: Cause, { id, occurredAt, keys }: Sighting): DecisionEvent[] {
    const [home, ...others] = keys;
    if (!home) return NOTHING;
    // Most touchpoints say nothing new; only one that does needs a step.
    let step: Step | undefined;
    const begin = () => (step ??= new Step(this.#graph, this.#rules, cause));
    const known = this.#known(home);
    if (known.firstHome === undefined) {
      this.#graph.setKey(home.key, { ...known, firstHome: cause.position });
      if (known.customer !== home.key) begin().recorded(home.key);
    }
    const evidence = { at: occurredAt, id };
    for (const other of others) {
      if (other.key === home.key || !this.#isNews(home, other, evidence)) continue;
      if (this.#graph.retracted(home.key + id)) break;
      this.#see(begin, home, other, evidence);
    }
    return step?.decisions() ?? NOTHING;
  }

  /**
   * A touchpoint no longer counts, seen already or not: without keys it is left out when it comes.
   *
   * @param next The least remaining evidence for a link of which the retracted touchpoint was the first, found by reading the
   *   two keys' streams; asked only where the graph says that there may be more.
   */
  retract(
    cause: Cause,
    { subject, id, keys }: Retraction,
    next: (a: string, b: string) => Evidence | undefined,
  ): DecisionEvent[] {
    if (this.#graph.retracted(subject + id)) return NOTHING;
    const step = new Step(this.#graph, this.#rules, cause);
    for (const [home, other] of this.#firstShownBy({ id, keys })) {
      const edge = this.#graph.edge(home.key, other.key)!;
      const first = edge.more ? next(home.key, other.key) : undefined;
      this.#setEdge(home, other, { ...(first && { first }), more: first !== undefined, links: edge.links });
      const changed = new Set(first ? [] : [...this.#count(home, other, -1), ...this.#count(other, home, -1)]);
      if (this.#customerOf(home) === this.#customerOf(other)) changed.add(this.#customerOf(home));
      if (changed.size > 0) step.reconsider(changed);
    }
    this.#graph.retract(subject + id);
    return step.decisions();
  }

  /** The links of which the touchpoint is the first evidence, but may not be the only one: its retraction asks for the next. */
  leansOn(sighting: Pick<Sighting, 'id' | 'keys'>): [home: Key, other: Key][] {
    return this.#firstShownBy(sighting).filter(([home, other]) => this.#graph.edge(home.key, other.key)!.more);
  }

  /** A steward's request was recorded. */
  request(cause: Cause, type: RequestType, occurredAt: number, data: JsonObject): DecisionEvent[] {
    const step = new Step(this.#graph, this.#rules, cause);
    if (type === 'identity.request-undone') this.#undo(step, (data as RequestUndone).requestId);
    else {
      const undone = this.#graph.request(cause.id)?.undone ?? false;
      const request = { type, at: occurredAt, data };
      this.#graph.setRequest(cause.id, { request, undone });
      if (!undone) this.#enforce(step, cause.id, request);
    }
    return step.decisions();
  }

  /** Most evidence repeats what is known, only later. */
  #isNews(home: Key, other: Key, evidence: Evidence): boolean {
    const edge = this.#graph.edge(home.key, other.key);
    if (!edge?.first) return true;
    const order = compareEvidence(evidence, edge.first);
    return order < 0 || (order > 0 && !edge.more);
  }

  #see(begin: () => Step, home: Key, other: Key, evidence: Evidence): void {
    const edge = this.#graph.edge(home.key, other.key);
    if (edge?.first) {
      const earlier = compareEvidence(evidence, edge.first) < 0;
      this.#setEdge(home, other, { first: earlier ? evidence : edge.first, more: true, links: edge.links });
      if (earlier && this.#customerOf(home) !== this.#customerOf(other)) begin().consider(home.key, other.key);
      return;
    }
    const isNew = this.#graph.key(other.key) === undefined;
    this.#known(other);
    if (this.#rules.isBlocked(home.key) || this.#rules.isBlocked(other.key)) {
      // A blocked key is told once, with the first link that shows it: its links are no evidence, and can be countless.
      if (!isNew) return;
      begin().brought(home.key, other.key);
      begin().refuse(home.key, other.key, 'blocked');
      return;
    }
    this.#setEdge(home, other, { first: evidence, more: false, links: edge?.links ?? [] });
    const step = begin();
    step.brought(home.key, other.key);
    const crossed = [...this.#count(home, other, 1), ...this.#count(other, home, 1)];
    if (crossed.length > 0) {
      // A hub too is told once, when it becomes one.
      step.refuse(home.key, other.key, 'hub');
      step.reconsider(new Set(crossed));
    }
    step.consider(home.key, other.key);
  }

  #firstShownBy({ id, keys }: Pick<Sighting, 'id' | 'keys'>): [home: Key, other: Key][] {
    const [home, ...others] = keys;
    if (!home) return [];
    const distinct = new Map(others.map((other) => [other.key, other]));
    return [...distinct.values()].flatMap((other): [Key, Key][] =>
      this.#graph.edge(home.key, other.key)?.first?.id === id ? [[home, other]] : [],
    );
  }

  #enforce(step: Step, id: string, { type, at, data }: NonNullable<RequestRecord['request']>): void {
    if (type === 'identity.link-requested') this.#link(step, id, at, data as LinkRequested);
    if (type === 'identity.split-requested') this.#split(step, id, data as SplitRequested);
  }

  #link(step: Step, id: string, at: number, { a, b }: LinkRequested): void {
    for (const key of [a, b]) this.#known(key);
    if (a.key === b.key) return;
    step.brought(a.key, b.key);
    if (this.#rules.isBlocked(a.key) || this.#rules.isBlocked(b.key)) return step.refuse(a.key, b.key, 'blocked');
    const edge = this.#graph.edge(a.key, b.key) ?? NO_EVIDENCE;
    this.#setEdge(a, b, { ...edge, links: [...edge.links, { at, id }] });
    this.#setLinked(a.key, b.key, true);
    step.consider(a.key, b.key);
  }

  #split(step: Step, id: string, { apart, rest }: SplitRequested): void {
    const sides = new Map<Key, Side>();
    for (const key of rest) sides.set(key, 'rest');
    for (const key of apart) sides.set(key, 'apart');
    for (const [key, side] of sides) {
      const record = this.#known(key);
      this.#graph.setKey(key.key, { ...record, splits: new Map(record.splits).set(id, side) });
    }
    step.reconsider(new Set([...sides.keys()].map((key) => this.#customerOf(key))));
  }

  #undo(step: Step, id: string): void {
    const record = this.#graph.request(id);
    if (record?.undone) return;
    this.#graph.setRequest(id, { ...record, undone: true });
    const request = record?.request;
    if (request?.type === 'identity.link-requested') this.#unlink(step, id, request.data as LinkRequested);
    if (request?.type === 'identity.split-requested') this.#unsplit(step, id, request.data as SplitRequested);
  }

  #unlink(step: Step, id: string, { a, b }: LinkRequested): void {
    const edge = this.#graph.edge(a.key, b.key);
    if (!edge) return;
    const links = edge.links.filter((link) => link.id !== id);
    this.#setEdge(a, b, { ...edge, links });
    if (links.length === 0) this.#setLinked(a.key, b.key, false);
    step.reconsider(new Set([this.#customerOf(a), this.#customerOf(b)]));
  }

  #unsplit(step: Step, id: string, { apart, rest }: SplitRequested): void {
    const keys = [...apart, ...rest];
    for (const { key } of keys) {
      const record = this.#graph.key(key)!;
      this.#graph.setKey(key, { ...record, splits: new Map([...record.splits].filter(([split]) => split !== id)) });
    }
    step.reconsider(new Set(keys.map((key) => this.#customerOf(key))));
  }

  /** The key's record, made when it is first heard of. */
  #known({ type, key }: Key): KeyRecord {
    const known = this.#graph.key(key);
    if (known) return known;
    const record: KeyRecord = { type, customer: key, neighbours: NO_NEIGHBOURS, links: [], splits: NO_SPLITS };
    this.#graph.setKey(key, record);
    return record;
  }

  #customerOf({ key }: Key): string {
    return this.#graph.key(key)!.customer;
  }

  #setEdge(a: Key, b: Key, edge: EdgeRecord): void {
    const empty = !edge.first && edge.links.length === 0;
    this.#graph.setEdge(a.key, this.#rules.kind(a.type), b.key, this.#rules.kind(b.type), empty ? undefined : edge);
  }

  #setLinked(a: string, b: string, linked: boolean): void {
    for (const [key, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const record = this.#graph.key(key)!;
      const links = record.links.filter((link) => link !== other);
      this.#graph.setKey(key, { ...record, links: linked ? [...links, other].sort() : links });
    }
  }

  /** Counts a neighbour in or out. Yields the key's customer when that makes the key a hub, or one no more. */
  #count({ key }: Key, other: Key, by: 1 | -1): string[] {
    const record = this.#graph.key(key)!;
    const kind = this.#rules.kind(other.type);
    const counted = { ...record, neighbours: { ...record.neighbours, [kind]: record.neighbours[kind] + by } };
    this.#graph.setKey(key, counted);
    const wasHub = KEY_KINDS.map((each: KeyKind) => isHub(record, each, this.#rules));
    const changed = KEY_KINDS.some((each, n) => isHub(counted, each, this.#rules) !== wasHub[n]);
    return changed ? [record.customer] : [];
  }
}

const NOTHING: DecisionEvent[] = [];
const NO_EVIDENCE: EdgeRecord = { more: false, links: [] };
const NO_NEIGHBOURS: Readonly<Record<KeyKind, number>> = { person: 0, matter: 0, device: 0 };
const NO_SPLITS: ReadonlyMap<string, Side> = new Map();
