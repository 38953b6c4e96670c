import type { Rank, RefusalReason } from '@throughline/contracts';
import { compareRank, weaker } from './rank.ts';
import type { Rules } from './rules.ts';
import { add, refusal, type Tally } from './tally.ts';

/** A link that may be accepted. */
export interface Candidate {
  readonly a: string;
  readonly b: string;
  readonly rank: Rank;
  /** Whether it may join two people: neither key is a device, or a steward says so. */
  readonly joins: boolean;
}

/** Keys that came out as one customer. */
export interface Group {
  readonly keys: readonly string[];
  readonly tally: Tally;
  /** The weakest accepted link among them. */
  readonly last: Rank | undefined;
}

export interface Accepted {
  readonly groups: readonly Group[];
  /** Links between what stayed two customers, with the rule that each broke when its turn came. */
  readonly refused: ReadonlyMap<Candidate, RefusalReason>;
}

interface Node {
  keys: string[];
  tally: Tally;
  last: Rank | undefined;
}

/**
 * The law of identity: links, sorted by rank, are accepted one by one as long as no rule breaks. The answer depends on the
 * set of keys and links only.
 */
export function accept(keys: ReadonlyMap<string, Tally>, links: readonly Candidate[], rules: Rules): Accepted {
  const nodes = new Map<string, Node>();
  for (const [key, tally] of keys) nodes.set(key, { keys: [key], tally, last: undefined });
  const refused = new Map<Candidate, RefusalReason>();
  for (const link of [...links].sort((x, y) => compareRank(x.rank, y.rank))) {
    const a = nodes.get(link.a)!;
    const b = nodes.get(link.b)!;
    if (a === b) continue;
    const reason = refusal(a.tally, b.tally, link.joins, rules);
    if (reason) {
      refused.set(link, reason);
      continue;
    }
    const [into, from] = a.keys.length < b.keys.length ? [b, a] : [a, b];
    into.tally = add(a.tally, b.tally);
    into.last = weaker(weaker(a.last, b.last), link.rank);
    for (const key of from.keys) {
      into.keys.push(key);
      nodes.set(key, into);
    }
  }
  return { groups: [...new Set(nodes.values())], refused };
}
