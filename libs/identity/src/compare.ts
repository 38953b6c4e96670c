import type { CustomerSize, IdentityChange, IdentityDiff, InEach, RefusalReason } from '@throughline/contracts';
import { customerOf, type Partition } from './partition.ts';
import { compareText } from './rank.ts';

/** A comparison is one event: it names so many customers, and of each so many parts, that it stays small whatever the rules do. */
const MOST_CHANGES = 20;
const MOST_PARTS = 10;

const BARS: readonly { readonly least: number; readonly most: number | null }[] = [
  { least: 2, most: 2 },
  { least: 3, most: 3 },
  { least: 4, most: 4 },
  { least: 5, most: 8 },
  { least: 9, most: 16 },
  { least: 17, most: null },
];

/** Whom two versions of identity take to be one customer, and whom not, by what each has decided up to the position. */
export function compareIdentities(
  compared: Pick<IdentityDiff, 'from' | 'to' | 'position'>,
  before: Partition,
  after: Partition,
): IdentityDiff {
  const [from, to] = [sideOf(before), sideOf(after)];
  const keys = () => keysOf(from, to);
  const split = severed(keys(), from, to);
  const merged = severed(keys(), to, from);
  let n = 0;
  let moved = 0;
  for (const key of keys()) {
    n++;
    // It stands with the same keys where all of one customer are in one, and nobody else is.
    if (split.has(customerOf(before, key)) || merged.has(customerOf(after, key))) moved++;
  }
  const [sizesFrom, sizesTo] = [histogram(from), histogram(to)];
  const [refusedFrom, refusedTo] = [refusedIn(before), refusedIn(after)];
  const reasons = [...new Set([...refusedFrom.keys(), ...refusedTo.keys()])].sort(compareText);
  return {
    kind: 'identity',
    from: compared.from,
    to: compared.to,
    position: compared.position,
    keys: n,
    moved,
    customers: each(from.sizes.size, to.sizes.size),
    split: split.size,
    merged: merged.size,
    largest: each(largestOf(from.sizes.keys(), from, 1)[0] ?? null, largestOf(to.sizes.keys(), to, 1)[0] ?? null),
    sizes: BARS.map((bar, at) => ({ ...bar, ...each(sizesFrom[at]!, sizesTo[at]!) })),
    refused: reasons.map((reason) => ({
      reason,
      ...each(refusedFrom.get(reason) ?? 0, refusedTo.get(reason) ?? 0),
    })),
    examples: {
      split: changes(largestOf(split, from, MOST_CHANGES), keys(), from, to),
      merged: changes(largestOf(merged, to, MOST_CHANGES), keys(), to, from),
    },
  };
}

/** A version, and how many keys each customer of more than one has. */
interface Side {
  readonly partition: Partition;
  readonly sizes: ReadonlyMap<string, number>;
}

function sideOf(partition: Partition): Side {
  const sizes = new Map<string, number>();
  // The id of a customer is one of its keys, the one that is not told of.
  for (const customer of partition.customers.values()) sizes.set(customer, (sizes.get(customer) ?? 1) + 1);
  return { partition, sizes };
}

/** Each key that one of both puts with others, once. */
function* keysOf(from: Side, to: Side): Generator<string> {
  yield* withOthers(from);
  for (const key of withOthers(to)) if (!isWithOthers(from, key)) yield key;
}

function* withOthers({ partition, sizes }: Side): Generator<string> {
  yield* partition.customers.keys();
  yield* sizes.keys();
}

function isWithOthers({ partition, sizes }: Side, key: string): boolean {
  return partition.customers.has(key) || sizes.has(key);
}

/** Customers of `one` that are several in `other`. */
function severed(keys: Iterable<string>, one: Side, other: Side): ReadonlySet<string> {
  const whole = new Map<string, string>();
  const several = new Set<string>();
  for (const key of keys) {
    const [customer, there] = [customerOf(one.partition, key), customerOf(other.partition, key)];
    if (!one.sizes.has(customer)) continue;
    const before = whole.get(customer);
    if (before === undefined) whole.set(customer, there);
    else if (before !== there) several.add(customer);
  }
  return several;
}

function largestOf(customers: Iterable<string>, { sizes }: Side, most: number): readonly CustomerSize[] {
  const all = function* () {
    for (const customer of customers) yield { customer, keys: sizes.get(customer)! };
  };
  return first(all(), most);
}

function first(customers: Iterable<CustomerSize>, most: number): readonly CustomerSize[] {
  const best: CustomerSize[] = [];
  for (const customer of customers) {
    if (best.length === most && compareSize(customer, best.at(-1)!) > 0) continue;
    best.push(customer);
    best.sort(compareSize).splice(most);
  }
  return best;
}

/** The largest first, of equal ones the lesser id. */
function compareSize(a: CustomerSize, b: CustomerSize): number {
  return b.keys - a.keys || compareText(a.customer, b.customer);
}

function changes(
  customers: readonly CustomerSize[],
  keys: Iterable<string>,
  one: Side,
  other: Side,
): readonly IdentityChange[] {
  const parts = new Map(customers.map(({ customer }) => [customer, new Map<string, number>()]));
  for (const key of keys) {
    const shared = parts.get(customerOf(one.partition, key));
    const there = customerOf(other.partition, key);
    shared?.set(there, (shared.get(there) ?? 0) + 1);
  }
  return customers.map(({ customer, keys }) => {
    const into = [...parts.get(customer)!].map(([customer, keys]) => ({ customer, keys }));
    return { customer, keys, parts: into.length, first: first(into, MOST_PARTS) };
  });
}

function histogram({ sizes }: Side): readonly number[] {
  const bars = BARS.map(() => 0);
  for (const size of sizes.values()) bars[BARS.findLastIndex(({ least }) => least <= size)]!++;
  return bars;
}

function refusedIn(partition: Partition): ReadonlyMap<RefusalReason, number> {
  const reasons = new Map<RefusalReason, number>();
  for (const [a, others] of partition.refused)
    for (const [b, reason] of others)
      if (customerOf(partition, a) !== customerOf(partition, b)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return reasons;
}

function each<T>(from: T, to: T): InEach<T> {
  return { from, to };
}
