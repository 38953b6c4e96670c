import type { Company, Day, Money } from '@throughline/contracts';
import { converter, Total, type Convert } from './money.ts';
import type { OrderRow, ValueFragment } from './value-fragment.ts';

/** Length of the trailing window, in days: revenue of the days `at` − 364 to `at`. It is also how long a customer may be silent before being lapsed. */
export const TRAILING_DAYS = 365;

/** What a customer is worth to the company, as of the end of one day. */
export interface Value {
  /** Orders placed, or known from a payment, whatever became of them. */
  readonly orders: number;
  /** Of these, by what became of them. */
  readonly delivered: number;
  readonly cancelled: number;
  readonly returned: number;
  /** Orders not cancelled whose amount nobody told. */
  readonly withoutAmount: number;
  /**
   * Whether any amount is known: one of an order, or a payment of its own. Where none is, the revenue is unknown, not nothing.
   */
  readonly known: boolean;
  readonly netRevenue: Sum;
  /** The same for orders placed, and money moved, within the trailing window. */
  readonly revenue365: Sum;
  /** Mean amount of the orders not cancelled whose amount is known and converts, before returns; in minor units. */
  readonly averageOrder: number | undefined;
  /** Net revenue in the currencies it came in. */
  readonly byCurrency: readonly Money[];
  readonly refunds: readonly Money[];
  /** First and last day of a purchase: an order not cancelled, or a payment that names no order. */
  readonly firstPurchase: Day | undefined;
  readonly lastPurchase: Day | undefined;
  /** Products of the orders that were neither cancelled nor returned, in order of name. */
  readonly products: readonly string[];
  /** The first day after `at` on which the trailing window gains or loses something. */
  readonly nextChange: Day | undefined;
}

/** Minor units of the reporting currency, and apart from it what no rate converts. */
export interface Sum {
  readonly minor: number;
  readonly unconverted: readonly Money[];
}

/** One order, read from its row. Undefined where only its return, delivery, refund or cancellation is known: it may have been placed before the log began. */
export interface Order {
  readonly orderId: string;
  readonly placedAt: number;
  readonly state: 'placed' | 'delivered' | 'cancelled' | 'returned';
  /** What the customer was to pay: as placed, else what was paid. Empty where nobody told. */
  readonly amounts: readonly Money[];
  /** Amount less the greater of what was refunded and what the returned goods were worth; nothing once cancelled. */
  readonly net: readonly Money[];
  readonly products: readonly string[];
}

export function readOrder(row: OrderRow): Order | undefined {
  const [
    orderId,
    placedAt,
    [, minor, currency],
    [, ...products],
    paid,
    paidAt,
    refunded,
    returned,
    deliveries,
    cancellations,
    returns,
  ] = row;
  const at = placedAt || paidAt;
  if (at === 0) return undefined;
  const amounts =
    minor === undefined || currency === undefined
      ? paid.map(([c, m]) => ({ minor: m, currency: c }))
      : [{ minor, currency }];
  return {
    orderId,
    placedAt: at,
    state: cancellations ? 'cancelled' : returns ? 'returned' : deliveries ? 'delivered' : 'placed',
    amounts,
    net: cancellations ? [] : netOf(amounts, refunded, returned),
    products,
  };
}

function netOf(amounts: readonly Money[], refunded: OrderRow[6], returned: OrderRow[7]): readonly Money[] {
  if (amounts.length === 0 || (refunded.length === 0 && returned.length === 0)) return amounts;
  const net = new Map(amounts.map((amount) => [amount.currency, amount.minor]));
  const back = new Map(refunded);
  for (const [currency, minor] of returned) back.set(currency, Math.max(minor, back.get(currency) ?? 0));
  for (const [currency, minor] of back) net.set(currency, (net.get(currency) ?? 0) - minor);
  return [...net].map(([currency, minor]) => ({ minor, currency }));
}

/** How a company's figures of value are finished from a fragment, for any day. */
export function valueReader(
  company: Company,
  dayOf: (epochMs: number) => Day,
): (fragment: ValueFragment, at: Day) => Value {
  const convert = converter(company);
  return (fragment, at) => read(fragment, at, convert, dayOf);
}

function read(fragment: ValueFragment, at: Day, convert: Convert, dayOf: (epochMs: number) => Day): Value {
  const [net, trailing, byCurrency, refunds] = [new Total(), new Total(), new Total(), new Total()];
  const states = { placed: 0, delivered: 0, cancelled: 0, returned: 0 };
  const products = new Set<string>();
  let [known, withoutAmount, orderSum, orderCount] = [false, 0, 0, 0];
  let firstPurchase: Day | undefined;
  let lastPurchase: Day | undefined;
  let nextChange: Day | undefined;

  const earn = ({ minor, currency }: Money, day: Day) => {
    const converted = convert(minor, currency, day);
    net.add(minor, currency, converted);
    byCurrency.add(minor, currency, undefined);
    if (day <= at && day > at - TRAILING_DAYS) trailing.add(minor, currency, converted);
  };
  const bought = (day: Day) => {
    if (firstPurchase === undefined || day < firstPurchase) firstPurchase = day;
    if (lastPurchase === undefined || day > lastPurchase) lastPurchase = day;
  };
  const moves = (day: Day) => {
    const change = day > at ? day : day + TRAILING_DAYS;
    if (change > at && (nextChange === undefined || change < nextChange)) nextChange = change;
  };

  for (const row of fragment.orders) {
    for (const [currency, minor] of row[6]) refunds.add(minor, currency, undefined);
    const order = readOrder(row);
    if (!order) continue;
    states[order.state]++;
    if (order.amounts.length > 0) known = true;
    if (order.state === 'cancelled') continue;
    const day = dayOf(order.placedAt);
    bought(day);
    moves(day);
    if (order.amounts.length === 0) withoutAmount++;
    for (const amount of order.net) earn(amount, day);
    const amounts = order.amounts.map((amount) => convert(amount.minor, amount.currency, day));
    if (amounts.length > 0 && !amounts.includes(undefined)) {
      orderSum += amounts.reduce<number>((sum, minor) => sum + minor!, 0);
      orderCount++;
    }
    if (order.state !== 'returned') for (const product of order.products) products.add(product);
  }
  for (const [currencyAndDay, received, refunded] of fragment.loose) {
    const [currency, day] = [currencyAndDay.slice(0, 3), Number(currencyAndDay.slice(3))];
    known = true;
    if (received !== 0) bought(day);
    moves(day);
    earn({ minor: received - refunded, currency }, day);
    if (refunded !== 0) refunds.add(refunded, currency, undefined);
  }

  return {
    orders: states.placed + states.delivered + states.cancelled + states.returned,
    delivered: states.delivered,
    cancelled: states.cancelled,
    returned: states.returned,
    withoutAmount,
    known,
    netRevenue: { minor: net.minor, unconverted: net.unconverted },
    revenue365: { minor: trailing.minor, unconverted: trailing.unconverted },
    averageOrder: orderCount === 0 ? undefined : Math.round(orderSum / orderCount),
    byCurrency: byCurrency.unconverted,
    refunds: refunds.unconverted,
    firstPurchase,
    lastPurchase,
    products: [...products].sort(),
    nextChange,
  };
}

/** The amount of a sum, unless some of it does not convert: part of a sum is not the sum. */
export function whole(sum: Sum): number | undefined {
  return sum.unconverted.length === 0 ? sum.minor : undefined;
}
