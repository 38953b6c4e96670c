import { describe, expect, test } from '@jest/globals';
import type { Touchpoint } from '@throughline/contracts';
import { COMPANY, eur, happened, indexOf, viewOf } from './history.ts';

const ordersOf = (touchpoints: readonly Touchpoint[], day = '2024-06-30') => viewOf(touchpoints, day).orders;
const placed = (at: string, orderId: string, minor?: number, currency = 'EUR') =>
  happened(at, 'order.placed', { orderId, ...(minor !== undefined && { amount: { minor, currency } }) });

describe('what a customer is worth', () => {
  test('an order is worth what it was placed for, and its payments are not counted again', () => {
    const orders = ordersOf([
      placed('2024-05-01', 'A', 5_000),
      happened('2024-05-01', 'payment.received', { orderId: 'A', amount: eur(5_000) }),
      placed('2024-06-01', 'B', 2_000),
    ]);
    expect(orders).toMatchObject({
      total: 2,
      netRevenue: { minor: 7_000 },
      averageOrder: { minor: 3_500, currency: 'EUR' },
    });
  });

  test('an order placed without an amount is worth the sum of its payments', () => {
    const orders = ordersOf([
      placed('2024-05-01', 'A'),
      happened('2024-05-01', 'payment.received', { orderId: 'A', amount: eur(1_250), method: 'card' }),
      happened('2024-05-01', 'payment.received', { orderId: 'A', amount: eur(250), method: 'voucher' }),
    ]);
    expect(orders).toMatchObject({ total: 1, withoutAmount: 0, netRevenue: { minor: 1_500 } });
  });

  test('a payment alone tells of an order, a return or a delivery alone does not', () => {
    const orders = ordersOf([
      happened('2024-05-01', 'payment.received', { orderId: 'A', amount: eur(900) }),
      happened('2024-05-01', 'order.returned', { orderId: 'B', amount: eur(500) }),
      happened('2024-05-01', 'order.delivered', { orderId: 'C' }),
      happened('2024-05-01', 'refund.issued', { orderId: 'D', amount: eur(100) }),
    ]);
    expect(orders).toMatchObject({ total: 1, netRevenue: { minor: 900 } });
  });

  test('goods returned and money refunded for them are taken off once', () => {
    const orders = ordersOf([
      placed('2024-05-01', 'A', 10_000),
      happened('2024-05-10', 'order.returned', { orderId: 'A', amount: eur(4_000) }),
      happened('2024-05-12', 'refund.issued', { orderId: 'A', amount: eur(3_500) }),
    ]);
    expect(orders).toMatchObject({ returned: 1, netRevenue: { minor: 6_000 }, refunds: [eur(3_500)] });
  });

  test('a cancelled order is counted and worth nothing, whether or not its money went back', () => {
    const orders = ordersOf([
      placed('2024-05-01', 'A', 10_000),
      placed('2024-05-02', 'B', 3_000),
      happened('2024-05-03', 'order.cancelled', { orderId: 'A' }),
      happened('2024-05-04', 'refund.issued', { orderId: 'A', amount: eur(10_000) }),
    ]);
    expect(orders).toMatchObject({
      total: 2,
      cancelled: 1,
      netRevenue: { minor: 3_000 },
      averageOrder: { minor: 3_000 },
    });
  });

  test('a cancellation or return that arrives before its order counts all the same', () => {
    const story = [
      placed('2024-05-01', 'A', 10_000),
      placed('2024-05-01', 'B', 1_000),
      happened('2024-05-03', 'order.cancelled', { orderId: 'A' }),
      happened('2024-05-05', 'order.returned', { orderId: 'B', amount: eur(400) }),
    ];
    expect(ordersOf(story.toReversed())).toEqual(ordersOf(story));
    expect(ordersOf(story.toReversed())).toMatchObject({ cancelled: 1, returned: 1, netRevenue: { minor: 600 } });
  });

  test('an order placed twice is one: on its first day, for the amount told last', () => {
    const story = [placed('2024-05-01', 'A', 10_000), placed('2024-05-02', 'A', 8_000), placed('2024-05-03', 'A')];
    expect(ordersOf(story.toReversed())).toMatchObject({
      total: 1,
      netRevenue: { minor: 8_000 },
      lastPurchase: '2024-05-01',
    });
  });

  test('payments that name no order are revenue of their own, refunds without one are taken off', () => {
    const orders = ordersOf([
      happened('2024-04-01', 'payment.received', { subscriptionId: 'S', amount: eur(490) }),
      happened('2024-05-01', 'payment.received', { subscriptionId: 'S', amount: eur(490) }),
      happened('2024-05-20', 'refund.issued', { amount: eur(90) }),
    ]);
    expect(orders).toMatchObject({ total: 0, netRevenue: { minor: 890 }, lastPurchase: '2024-05-01' });
  });

  test('without any known amount revenue is unknown, which is not nothing', () => {
    expect(ordersOf([placed('2024-05-01', 'A')])).toMatchObject({ total: 1, withoutAmount: 1 });
    expect(ordersOf([placed('2024-05-01', 'A')])).not.toHaveProperty('netRevenue');
    expect(ordersOf([happened('2024-05-01', 'page.viewed')])).not.toHaveProperty('netRevenue');
    expect(indexOf([happened('2024-05-01', 'page.viewed')], '2024-06-30')).not.toHaveProperty(['crm.netRevenue']);
  });

  test('products held are those of orders that stand and of active subscriptions', () => {
    const view = viewOf(
      [
        happened('2024-05-01', 'order.placed', {
          orderId: 'A',
          items: [{ productId: 'boots' }, { productId: 'socks' }],
        }),
        happened('2024-05-01', 'order.placed', { orderId: 'B' }, { product: 'hat' }),
        happened('2024-05-09', 'order.returned', { orderId: 'B' }),
        happened('2024-05-01', 'subscription.started', { subscriptionId: 'S' }, { product: 'card' }),
        happened('2024-05-01', 'subscription.started', { subscriptionId: 'T' }, { product: 'loan' }),
        happened('2024-05-02', 'subscription.ended', { subscriptionId: 'T' }),
      ],
      '2024-06-30',
    );
    expect(view.products).toEqual(['boots', 'card', 'socks']);
  });
});

describe('the trailing 365 days', () => {
  const story = [placed('2023-01-10', 'A', 1_000), placed('2023-12-01', 'B', 200)];
  const trailing = (day: string) => viewOf(story, day).orders.revenue365?.minor;

  test('an order is in them on its own day and the 364 after', () => {
    expect(trailing('2024-01-09')).toBe(1_200);
    expect(trailing('2024-01-10')).toBe(200);
    expect(trailing('2024-11-29')).toBe(200);
    expect(trailing('2024-11-30')).toBe(0);
  });

  test('an order of a later day is not in them yet', () => {
    expect(trailing('2023-11-30')).toBe(1_000);
  });

  test('the view says on which day they change next', () => {
    expect(viewOf(story, '2023-11-30').changesOn).toBe('2023-12-01');
    expect(viewOf(story, '2023-12-01').changesOn).toBe('2024-01-10');
    expect(viewOf(story, '2024-01-10').changesOn).toBe('2024-11-30');
    expect(viewOf(story, '2024-11-30')).not.toHaveProperty('changesOn');
  });

  test('a day is one of the company’s own time zone', () => {
    const late = [placed('2023-01-11T03:00:00Z', 'A', 1_000)];
    const company = { ...COMPANY, timeZone: 'America/New_York' };
    expect(viewOf(late, '2024-01-10').orders.revenue365?.minor).toBe(1_000);
    expect(viewOf(late, '2024-01-10', company).orders.revenue365?.minor).toBe(0);
  });
});

describe('money of several currencies', () => {
  test('converts by the rate that held on the day of the order', () => {
    const orders = ordersOf(
      [placed('2024-06-30', 'A', 10_000, 'USD'), placed('2024-07-01', 'B', 10_000, 'USD')],
      '2024-07-02',
    );
    expect(orders.netRevenue).toEqual({ minor: 9_000 + 5_000, currency: 'EUR', unconverted: [] });
    expect(orders.byCurrency).toEqual([{ minor: 20_000, currency: 'USD' }]);
  });

  test('minds that a yen has no cents', () => {
    expect(ordersOf([placed('2024-06-01', 'A', 5_000, 'JPY')]).netRevenue).toMatchObject({
      minor: 3_000,
      currency: 'EUR',
    });
  });

  test('is listed apart where no rate is known for the day, and the sum that lacks it is in no index', () => {
    const story = [
      placed('2023-12-31', 'A', 10_000, 'USD'),
      placed('2024-01-01', 'B', 1_000, 'USD'),
      placed('2024-01-01', 'C', 500),
    ];
    const index = indexOf(story, '2024-06-30');
    expect(ordersOf(story).netRevenue).toEqual({
      minor: 1_400,
      currency: 'EUR',
      unconverted: [{ minor: 10_000, currency: 'USD' }],
    });
    expect(index).not.toHaveProperty(['crm.netRevenue']);
    expect(index).toMatchObject({ 'crm.orders': 3, 'crm.averageOrder': 7 });
    expect(indexOf(story, '2024-12-30')).toMatchObject({ 'crm.revenue365': 14 });
  });
});
