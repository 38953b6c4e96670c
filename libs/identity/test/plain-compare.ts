/** The plainest computation of what two graphs take to be other customers: all in memory, by the words of `IdentityDiff`. */
import type { IdentityDiff, LinkRefused, Position, RefusalReason } from '@throughline/contracts';
import type { DecisionEvent } from '../src/index.ts';

type Groups = readonly (readonly string[])[];

interface Resolved {
  /** Of the graph, not of the decisions. */
  readonly customerOf: (key: string) => string;
  readonly decisions: readonly DecisionEvent[];
}

export function plainCompare(
  names: Pick<IdentityDiff, 'from' | 'to'> & { readonly position: Position },
  all: readonly string[],
  before: Resolved,
  after: Resolved,
): IdentityDiff {
  const groups = ({ customerOf }: Resolved): Groups =>
    [...new Set(all.map(customerOf))].map((id) => all.filter((key) => customerOf(key) === id));
  const several = ({ customerOf }: Resolved, keys: readonly string[]) => [...new Set(keys.map(customerOf))];
  const [from, to] = [groups(before), groups(after)];
  const groupOf = (of: Groups, key: string) => of.find((group) => group.includes(key))!;
  const touched = all.filter((key) => groupOf(from, key).length > 1 || groupOf(to, key).length > 1);
  const more = (of: Groups) => of.filter((group) => group.length > 1);
  const bySize = (a: { customer: string; keys: number }, b: { customer: string; keys: number }) =>
    b.keys - a.keys || (a.customer < b.customer ? -1 : 1);
  const sized = (of: Groups, { customerOf }: Resolved) =>
    more(of)
      .map((group) => ({ customer: customerOf(group[0]!), keys: group.length }))
      .sort(bySize);
  const severed = (of: Groups, one: Resolved, other: Resolved) =>
    of
      .filter((group) => several(other, group).length > 1)
      .map((group) => ({
        customer: one.customerOf(group[0]!),
        keys: group.length,
        parts: several(other, group).length,
        first: several(other, group)
          .map((customer) => ({ customer, keys: group.filter((key) => other.customerOf(key) === customer).length }))
          .sort(bySize)
          .slice(0, 10),
      }))
      .sort(bySize);
  const [split, merged] = [severed(from, before, after), severed(to, after, before)];
  const [refusedFrom, refusedTo] = [refused(before), refused(after)];
  const times = (reasons: readonly RefusalReason[], reason: RefusalReason) =>
    reasons.filter((each) => each === reason).length;
  return {
    kind: 'identity',
    ...names,
    keys: touched.length,
    moved: touched.filter((key) => groupOf(from, key).join() !== groupOf(to, key).join()).length,
    customers: { from: more(from).length, to: more(to).length },
    split: split.length,
    merged: merged.length,
    largest: { from: sized(from, before)[0] ?? null, to: sized(to, after)[0] ?? null },
    sizes: [
      [2, 2] as const,
      [3, 3] as const,
      [4, 4] as const,
      [5, 8] as const,
      [9, 16] as const,
      [17, null] as const,
    ].map(([least, most]) => {
      const within = (group: readonly string[]) => group.length >= least && group.length <= (most ?? Infinity);
      return { least, most, from: from.filter(within).length, to: to.filter(within).length };
    }),
    refused: [...new Set([...refusedFrom, ...refusedTo])]
      .sort()
      .map((reason) => ({ reason, from: times(refusedFrom, reason), to: times(refusedTo, reason) })),
    examples: { split: split.slice(0, 20), merged: merged.slice(0, 20) },
  };
}

/** Of each link that is refused still, why it was the last time. */
function refused({ customerOf, decisions }: Resolved): RefusalReason[] {
  const last = new Map<string, LinkRefused>();
  for (const { type, data } of decisions) {
    if (type !== 'link.refused') continue;
    const { a, b } = data as LinkRefused;
    last.set([a.key, b.key].sort().join(), data as LinkRefused);
  }
  return [...last.values()].filter(({ a, b }) => customerOf(a.key) !== customerOf(b.key)).map(({ reason }) => reason);
}
