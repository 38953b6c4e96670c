import type { IdentityGraph, RefusalReason } from '@throughline/contracts';
import { accept, type Candidate, type Group } from './accept.ts';
import { linksOf } from './link.ts';
import type { Rules } from './rules.ts';
import { tallyOf, type Tally } from './tally.ts';

export interface Neighbourhood {
  /** Every customer of the neighbourhood as it should now be. */
  readonly groups: readonly Group[];
  readonly refused: ReadonlyMap<Candidate, RefusalReason>;
  /** The customers that were looked at anew. */
  readonly customers: ReadonlySet<string>;
}

/**
 * Accepts anew all links of the given customers, as if everything were accepted from the start.
 *
 * Why looking at a part is enough: a link's answer depends on the keys already joined at either end when its turn comes. A
 * customer next door, to which only refused links lead, is played along with its own links (its bare keys would do, but
 * would let links in that its other keys keep out, and the neighbourhood grow in vain). As long as each link to it is
 * refused again, nothing beyond it can tell the difference. Once one is accepted, that customer belongs to the
 * neighbourhood, and it is played again with its neighbours in turn.
 */
export function reaccept(graph: IdentityGraph, rules: Rules, around: Iterable<string>): Neighbourhood {
  const customers = new Set(around);
  for (;;) {
    const keys = new Map<string, Tally>();
    const links = new Map<string, Candidate>();
    const nextDoor = new Set<string>();
    const take = (customer: string, wanted: (other: string) => boolean) => {
      for (const key of graph.members(customer)) {
        keys.set(key, tallyOf(graph.key(key)!));
        for (const link of linksOf(graph, rules, key)) {
          const other = graph.key(link.b)!.customer;
          if (wanted(other)) links.set(link.a < link.b ? link.a + link.b : link.b + link.a, link);
        }
      }
    };
    for (const customer of customers) {
      take(customer, (other) => {
        if (!customers.has(other)) nextDoor.add(other);
        return true;
      });
    }
    for (const customer of nextDoor) take(customer, (other) => other === customer);

    const { groups, refused } = accept(keys, [...links.values()], rules);
    const grown = customers.size;
    const own: Group[] = [];
    for (const group of groups) {
      const before = new Set(group.keys.map((key) => graph.key(key)!.customer));
      if (![...before].some((customer) => customers.has(customer))) continue;
      own.push(group);
      for (const customer of before) customers.add(customer);
    }
    if (customers.size === grown) return { groups: own, refused, customers };
  }
}
