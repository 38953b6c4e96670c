import type { CustomerRecord, KeyKind, KeyRecord, RefusalReason } from '@throughline/contracts';
import type { Rules } from './rules.ts';

/** What the rules need to know of a set of keys. Two sets without a common key add up. */
export type Tally = Pick<CustomerRecord, 'counts' | 'splits'>;

export function tallyOf(key: Pick<KeyRecord, 'type' | 'splits'>): Tally {
  return { counts: new Map([[key.type, 1]]), splits: key.splits };
}

export function add(a: Tally, b: Tally): Tally {
  const counts = new Map(a.counts);
  for (const [type, n] of b.counts) counts.set(type, (counts.get(type) ?? 0) + n);
  return { counts, splits: b.splits.size === 0 ? a.splits : new Map([...a.splits, ...b.splits]) };
}

export function holds(kind: KeyKind, tally: Tally, rules: Rules): boolean {
  for (const type of tally.counts.keys()) if (rules.kind(type) === kind) return true;
  return false;
}

/**
 * Why a link may not join two sets of keys; undefined when it may. For a link that joins the answer is monotone: what is
 * refused stays refused when the sets grow. The shortcuts of `Resolver` stand on that.
 *
 * @param joins Whether the link may join two people: neither key is a device, or a steward says so.
 */
export function refusal(a: Tally, b: Tally, joins: boolean, rules: Rules): RefusalReason | undefined {
  for (const [split, side] of a.splits) {
    const other = b.splits.get(split);
    if (other !== undefined && other !== side) return 'separated';
  }
  if (!joins && holds('person', a, rules) && holds('person', b, rules)) return 'shared';
  let size = 0;
  for (const n of a.counts.values()) size += n;
  for (const [type, n] of b.counts) {
    size += n;
    const before = a.counts.get(type);
    if (before !== undefined && before + n > rules.limit(type)) return rules.of(type).unique ? 'unique' : 'limit';
  }
  return size > rules.maxKeys ? 'too-large' : undefined;
}
