/** What two versions hold of one customer; undefined where one holds nothing. */
export type Paired<A, B> = readonly [customer: string, before: A | undefined, after: B | undefined];

interface OfCustomer {
  readonly customer: string;
}

/**
 * Two streams beside each other, both in the order of their customers' ids, each id once.
 *
 * @throws Error for a stream that is not in that order.
 */
export async function* pair<A extends OfCustomer, B extends OfCustomer>(
  before: AsyncIterable<A>,
  after: AsyncIterable<B>,
): AsyncGenerator<Paired<A, B>> {
  const [a, b] = [ascending(before), ascending(after)];
  try {
    let left = await a.next();
    let right = await b.next();
    while (!left.done || !right.done) {
      const [one, other] = [left.done ? undefined : left.value, right.done ? undefined : right.value];
      const customer = !one || (other && other.customer < one.customer) ? other!.customer : one.customer;
      const isLeft = one?.customer === customer;
      const isRight = other?.customer === customer;
      yield [customer, isLeft ? one : undefined, isRight ? other : undefined];
      if (isLeft) left = await a.next();
      if (isRight) right = await b.next();
    }
  } finally {
    await Promise.all([a.return(undefined), b.return(undefined)]);
  }
}

async function* ascending<T extends OfCustomer>(items: AsyncIterable<T>): AsyncGenerator<T, undefined> {
  let last: string | undefined;
  for await (const item of items) {
    if (last !== undefined && item.customer <= last) throw new Error('Customers are not in the order of their ids.');
    last = item.customer;
    yield item;
  }
  return undefined;
}
