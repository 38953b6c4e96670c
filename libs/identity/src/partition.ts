import type { Decision, DecisionType, LinkRefused, RefusalReason } from '@throughline/contracts';

/** Which keys the decisions of one version of identity put together, folded from them alone. Memory grows with the keys that stand with others, and with the links refused. */
export interface Partition {
  /** By key; a key that is not here bears its customer's id. */
  readonly customers: ReadonlyMap<string, string>;
  /** By the one key of each link, by the other: why it was refused last. The two may have come together since. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, RefusalReason>>;
}

/** A decision as it is read back. */
export type Told =
  | { readonly type: 'link.refused'; readonly data: LinkRefused }
  | { readonly type: Exclude<DecisionType, 'link.refused'>; readonly data: Decision };

class Folding implements Partition {
  readonly customers = new Map<string, string>();
  readonly refused = new Map<string, Map<string, RefusalReason>>();
}

export function initialPartition(): Partition {
  return new Folding();
}

/** @param partition Is used up: a copy with each decision would take for ever. */
export function evolvePartition(partition: Partition, { type, data }: Told): Partition {
  const { customers, refused } = partition as Folding;
  if (type === 'link.refused') {
    const { a, b, reason } = data;
    // The stronger key is named first, always: a pair has one order.
    const others = refused.get(a.key);
    if (others) others.set(b.key, reason);
    else refused.set(a.key, new Map([[b.key, reason]]));
    return partition;
  }
  for (const { key } of data.keys)
    if (key === data.customer) customers.delete(key);
    else customers.set(key, data.customer);
  return partition;
}

export function customerOf({ customers }: Partition, key: string): string {
  return customers.get(key) ?? key;
}
