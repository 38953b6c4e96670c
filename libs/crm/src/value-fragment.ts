import type {
  Money,
  OrderCancelled,
  OrderDelivered,
  OrderPlaced,
  OrderReturned,
  PaymentReceived,
  RefundIssued,
  Touchpoint,
} from '@throughline/contracts';
import { factsOf, type FragmentPart } from './part.ts';
import { count, earliest, latest, mergeCounts, mergeTables, rowOf, type CountRow, type Register } from './table.ts';

/**
 * What is known of the money between customer and company. Every event of an order has a column of its own, so that a
 * return may arrive before the order, and in another stream.
 */
export interface ValueFragment {
  readonly orders: OrderRow[];
  /** Money that names no order. */
  readonly loose: LooseRow[];
}

export type OrderRow = [
  orderId: string,
  /** Time of the first placing; 0 for none. */
  placedAt: number,
  amount: Register<[minor: number, currency: string]>,
  products: Register<string[]>,
  /** Minor units by currency. */
  paid: CountRow[],
  /** Time of the first payment; 0 for none. */
  paidAt: number,
  refunded: CountRow[],
  returned: CountRow[],
  /** How often it was delivered, cancelled, returned. */
  deliveries: number,
  cancellations: number,
  returns: number,
];

/** By currency and day of the reporting time zone (`EUR19723`): the minor units that came in and that went back. */
export type LooseRow = [currencyAndDay: string, received: number, refunded: number];

/** An order names at most this many products: all that a person reads. */
const PRODUCTS_PER_ORDER = 10;

export function valueFragment(dayOf: (epochMs: number) => number): FragmentPart<ValueFragment> {
  const loose = (fragment: ValueFragment, touchpoint: Touchpoint, { currency }: Money) =>
    rowOf(fragment.loose, currency + dayOf(touchpoint.occurredAt), (id): LooseRow => [id, 0, 0]);

  return {
    empty: () => ({ orders: [], loose: [] }),

    apply(fragment, touchpoint) {
      switch (touchpoint.type) {
        case 'order.placed': {
          const { orderId, amount } = factsOf<OrderPlaced>(touchpoint);
          const { occurredAt } = touchpoint;
          const order = orderOf(fragment, orderId);
          const products = productsOf(touchpoint);
          order[1] = earliest(order[1], occurredAt);
          if (amount) order[2] = latest(order[2], [occurredAt, amount.minor, amount.currency]);
          if (products.length > 0) order[3] = latest(order[3], [occurredAt, ...products]);
          return;
        }
        case 'order.delivered':
          orderOf(fragment, factsOf<OrderDelivered>(touchpoint).orderId)[8]++;
          return;
        case 'order.cancelled':
          orderOf(fragment, factsOf<OrderCancelled>(touchpoint).orderId)[9]++;
          return;
        case 'order.returned': {
          const { orderId, amount } = factsOf<OrderReturned>(touchpoint);
          const order = orderOf(fragment, orderId);
          order[10]++;
          if (amount) count(order[7], amount.currency, amount.minor);
          return;
        }
        case 'refund.issued': {
          const { orderId, amount } = factsOf<RefundIssued>(touchpoint);
          if (orderId === undefined) loose(fragment, touchpoint, amount)[2] += amount.minor;
          else count(orderOf(fragment, orderId)[6], amount.currency, amount.minor);
          return;
        }
        case 'payment.received': {
          const { orderId, amount } = factsOf<PaymentReceived>(touchpoint);
          if (orderId === undefined) {
            loose(fragment, touchpoint, amount)[1] += amount.minor;
            return;
          }
          const order = orderOf(fragment, orderId);
          count(order[4], amount.currency, amount.minor);
          order[5] = earliest(order[5], touchpoint.occurredAt);
        }
      }
    },

    merge: (a, b) => ({
      orders: mergeTables(a.orders, b.orders, joinOrders),
      loose: mergeTables(a.loose, b.loose, (x, y): LooseRow => [x[0], x[1] + y[1], x[2] + y[2]]),
    }),
  };
}

function orderOf(fragment: ValueFragment, orderId: string): OrderRow {
  return rowOf(fragment.orders, orderId, (id): OrderRow => [id, 0, [], [], [], 0, [], [], 0, 0, 0]);
}

/** The product it was placed for, else those of its items. */
function productsOf(touchpoint: Touchpoint): readonly string[] {
  const { product } = touchpoint.data;
  if (product !== undefined) return [product];
  const items = factsOf<OrderPlaced>(touchpoint).items ?? [];
  return [...new Set(items.map((item) => item.productId))].sort().slice(0, PRODUCTS_PER_ORDER);
}

function joinOrders(a: OrderRow, b: OrderRow): OrderRow {
  return [
    a[0],
    earliest(a[1], b[1]),
    latest(a[2], b[2]),
    latest(a[3], b[3]),
    mergeCounts(a[4], b[4]),
    earliest(a[5], b[5]),
    mergeCounts(a[6], b[6]),
    mergeCounts(a[7], b[7]),
    a[8] + b[8],
    a[9] + b[9],
    a[10] + b[10],
  ];
}
