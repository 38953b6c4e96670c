import {
  compareForHome,
  NAMESPACE,
  uuidv5,
  type CustomersMerged,
  type CustomerSplit,
  type DecisionType,
  type KeysLinked,
  type LinkRefused,
  type Position,
  type Rank,
  type RefusalReason,
} from '@throughline/contracts';
import { linkBetween } from './link.ts';
import { reaccept } from './neighbourhood.ts';
import { compareRank, compareText, weaker } from './rank.ts';
import type { Rules } from './rules.ts';
import { add, holds, refusal, tallyOf, type Tally } from './tally.ts';
import type { WorkingGraph } from './working-graph.ts';

/** The event that identity answers. */
export interface Cause {
  readonly position: Position;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
}

/** A decision, ready for the log. */
export interface DecisionEvent {
  readonly id: string;
  readonly type: DecisionType;
  readonly occurredAt: number;
  readonly data: KeysLinked | CustomersMerged | CustomerSplit | LinkRefused;
}

/**
 * All that follows from one cause. It keeps the partition in step with the evidence while that changes, and in the end says
 * what is different from before the cause.
 */
export class Step {
  readonly #graph: WorkingGraph;
  readonly #rules: Rules;
  readonly #cause: Cause;
  /** Where each moved key stood before the cause. */
  readonly #origin = new Map<string, string>();
  readonly #refused = new Map<string, { a: string; b: string; reason: RefusalReason }>();
  /** Links that the cause itself brought: their refusal is told even when nothing moved. */
  readonly #brought = new Set<string>();

  constructor(graph: WorkingGraph, rules: Rules, cause: Cause) {
    this.#graph = graph;
    this.#rules = rules;
    this.#cause = cause;
  }

  /** The link between these keys is new; it may be told as refused. */
  brought(a: string, b: string): void {
    this.#brought.add(pairOf(a, b));
  }

  refuse(a: string, b: string, reason: RefusalReason): void {
    this.#refused.set(pairOf(a, b), { a, b, reason });
  }

  /**
   * The link between these keys is new, or has become stronger. Two shortcuts spare a look at the neighbourhood:
   *
   * - Joining breaks no rule, and the whole has at most one core of persons tied by links that join. Then no order of the
   *   same links could have broken one, and what the two sides refused to others they refuse all the more together.
   * - It breaks a rule, and everything on both sides ranks before it: they are complete when its turn comes. A refused link
   *   changes nothing.
   */
  consider(a: string, b: string): void {
    const customerA = this.#customerOf(a);
    const customerB = this.#customerOf(b);
    if (customerA === customerB) return;
    const link = linkBetween(this.#graph, this.#rules, a, b);
    if (!link) return;
    const [tallyA, tallyB] = [this.#tally(customerA), this.#tally(customerB)];
    const reason = refusal(tallyA, tallyB, link.joins, this.#rules);
    if (!reason && this.#oneCore(a, tallyA, b, tallyB)) {
      const tally = add(tallyA, tallyB);
      const last = weaker(weaker(this.#last(customerA), this.#last(customerB)), link.rank)!;
      this.#merge(customerA, customerB, tally, last);
      return;
    }
    const before = weaker(this.#last(customerA), this.#last(customerB));
    if (reason && (!before || compareRank(before, link.rank) < 0)) this.refuse(a, b, reason);
    else this.reconsider([customerA, customerB]);
  }

  /** The evidence of these customers changed in a way that order may matter for. */
  reconsider(customers: Iterable<string>): void {
    const { groups, refused, customers: before } = reaccept(this.#graph, this.#rules, customers);
    const after = new Set<string>();
    for (const group of groups) {
      const id = this.#oldest(group.keys);
      after.add(id);
      for (const key of group.keys) this.#move(key, id);
      const alone = group.keys.length === 1;
      this.#graph.setMember(id, id, !alone);
      this.#graph.setCustomer(id, alone ? undefined : { ...group.tally, ...(group.last && { last: group.last }) });
    }
    for (const id of before) if (!after.has(id)) this.#graph.setCustomer(id, undefined);
    for (const [{ a, b }, reason] of refused) this.refuse(a, b, reason);
  }

  /** A key became the home of a touchpoint for the first time: a customer that had no such key takes its id. */
  recorded(key: string): void {
    const customer = this.#customerOf(key);
    if (customer === key || this.#oldest([customer, key]) === customer) return;
    const record = this.#graph.customer(customer)!;
    for (const member of this.#graph.members(customer)) this.#move(member, key);
    this.#graph.setCustomer(key, record);
    this.#graph.setCustomer(customer, undefined);
  }

  /** What is different from before the cause: each key that moved is told once. */
  decisions(): DecisionEvent[] {
    const told: { type: DecisionType; data: DecisionEvent['data'] }[] = [];
    const { position: cause, id: causeId, recordedAt } = this.#cause;
    for (const { type, from, to, keys } of this.#moves()) {
      const data: KeysLinked = { cause, causeId, customer: to, keys: keys.map((key) => this.#named(key)) };
      if (type === 'customer.split') told.push({ type, data: { ...data, from } satisfies CustomerSplit });
      else if (type === 'customers.merged')
        told.push({ type, data: { ...data, absorbed: from } satisfies CustomersMerged });
      else told.push({ type, data });
    }
    for (const [pair, { a, b, reason }] of [...this.#refused].sort(([x], [y]) => compareText(x, y))) {
      const apart = this.#customerOf(a) !== this.#customerOf(b);
      if (!apart || !(this.#brought.has(pair) || this.#stoodWith(a) === this.#stoodWith(b))) continue;
      const [strong, weak] = [this.#named(a), this.#named(b)].sort(compareForHome) as [
        LinkRefused['a'],
        LinkRefused['b'],
      ];
      const data: LinkRefused = {
        cause,
        causeId,
        customer: this.#customerOf(strong.key),
        keys: [],
        a: strong,
        b: weak,
        reason,
      };
      told.push({ type: 'link.refused', data });
    }
    return told.map(({ type, data }, n) => ({
      id: uuidv5(NAMESPACE.decision, `${this.#rules.version}/${this.#rules.fingerprint}/${causeId}/${n}`),
      type,
      occurredAt: recordedAt,
      data,
    }));
  }

  /** Moved keys, grouped into what is told as one; in an order that depends on the keys only. */
  #moves(): { type: Exclude<DecisionType, 'link.refused'>; from: string; to: string; keys: string[] }[] {
    const groups = new Map<string, { from: string; to: string; keys: string[] }>();
    for (const [key, from] of this.#origin) {
      const to = this.#customerOf(key);
      if (to === from) continue;
      const group = groups.get(from + to);
      if (group) group.keys.push(key);
      else groups.set(from + to, { from, to, keys: [key] });
    }
    const moves = [];
    const linked = new Map<string, { type: 'keys.linked'; from: string; to: string; keys: string[] }>();
    for (const { from, to, keys } of groups.values()) {
      if (!keys.includes(from)) moves.push({ type: 'customer.split' as const, from, to, keys: keys.sort() });
      else if (this.#wasCustomer(from)) moves.push({ type: 'customers.merged' as const, from, to, keys: keys.sort() });
      else {
        const joined = [...(linked.get(to)?.keys ?? []), ...keys].sort();
        linked.set(to, { type: 'keys.linked', from: to, to, keys: joined });
      }
    }
    return [...moves, ...linked.values()].sort(
      (x, y) => compareText(x.type, y.type) || compareText(x.from, y.from) || compareText(x.to, y.to),
    );
  }

  #customerOf(key: string): string {
    return this.#graph.key(key)!.customer;
  }

  #stoodWith(key: string): string {
    return this.#origin.get(key) ?? this.#customerOf(key);
  }

  #named(key: string): LinkRefused['a'] {
    return { type: this.#graph.key(key)!.type, key };
  }

  #tally(customer: string): Tally {
    return this.#graph.customer(customer) ?? tallyOf(this.#graph.key(customer)!);
  }

  #last(customer: string): Rank | undefined {
    return this.#graph.customer(customer)?.last;
  }

  /** Whether a link between these keys leaves at most one core: keys of persons, tied by links that join. */
  #oneCore(a: string, tallyA: Tally, b: string, tallyB: Tally): boolean {
    const rules = this.#rules;
    if (!holds('person', tallyA, rules) || !holds('person', tallyB, rules)) return true;
    if (!holds('device', tallyA, rules) && !holds('device', tallyB, rules)) return true;
    return [a, b].every((key) => rules.kind(this.#graph.key(key)!.type) === 'person');
  }

  #merge(a: string, b: string, tally: Tally, last: Rank): void {
    const survivor = this.#oldest([a, b]);
    const absorbed = survivor === a ? b : a;
    for (const key of this.#graph.members(absorbed)) this.#move(key, survivor);
    this.#graph.setMember(survivor, survivor, true);
    this.#graph.setCustomer(survivor, { counts: tally.counts, splits: tally.splits, last });
    this.#graph.setCustomer(absorbed, undefined);
  }

  #move(key: string, customer: string): void {
    const record = this.#graph.key(key)!;
    if (record.customer === customer) return;
    if (!this.#origin.has(key)) this.#origin.set(key, record.customer);
    this.#graph.setMember(record.customer, key, false);
    this.#graph.setMember(customer, key, true);
    this.#graph.setKey(key, { ...record, customer });
  }

  /** A customer's id: its key that was first recorded as the home of a touchpoint; the least key while there is none. */
  #oldest(keys: readonly string[]): string {
    return keys.reduce((oldest, key) => (this.#isOlder(key, oldest) ? key : oldest));
  }

  #isOlder(key: string, than: string): boolean {
    const [first, thanFirst] = [this.#graph.key(key)!.firstHome, this.#graph.key(than)!.firstHome];
    if (first === thanFirst) return key < than;
    return first !== undefined && (thanFirst === undefined || first < thanFirst);
  }

  /** Whether the id stood for a customer before the cause: somebody whom a touchpoint was about. */
  #wasCustomer(id: string): boolean {
    const first = this.#graph.key(id)!.firstHome;
    return first !== undefined && first < this.#cause.position;
  }
}

function pairOf(a: string, b: string): string {
  return a < b ? a + b : b + a;
}
