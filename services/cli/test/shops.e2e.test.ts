/** The known answers of the shop, the record shop and the booking site (docs/guides/known-answers.md), asked over HTTP after an import through the real command line. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CHECKOUT, DATA, each, ended, Platform, shuffled, whereDataIs } from './kit.ts';

jest.setTimeout(600_000);

const OLIST = [
  ['reviews', 'olist_order_reviews_dataset'],
  ['payments', 'olist_order_payments_dataset'],
  ['customers', 'olist_customers_dataset'],
  ['orders', 'olist_orders_dataset'],
] as const;
const JOINED = ['olist_order_items_dataset', 'olist_products_dataset', 'product_category_name_translation'];
const TOUCHPOINTS = { reviews: 3986, payments: 4161, customers: 4000, orders: 7938 };
const olist = (name: string) => join(DATA, 'olist_sample', `${name}.csv`);

const rounded = (figures: Record<string, { n: number; value: number }>) =>
  Object.fromEntries(Object.entries(figures).map(([dims, { n, value }]) => [dims, [n, value.toFixed(3)]]));

async function expectOlistAnswers(platform: Platform): Promise<void> {
  expect(await platform.customers()).toBe(3998);
  expect((await platform.metric('orders'))['all']!.n).toBe(4000);
  expect(await platform.counts('reviews', 'stars')).toEqual({ 5: 2293, 4: 765, 3: 337, 2: 137, 1: 454 });
  const score = (await platform.metric('review-score'))['all']!;
  expect([score.n, score.value.toFixed(4)]).toEqual([3986, '4.0803']);
  expect(await platform.metric('payments', { by: 'currency' })).toMatchObject({ BRL: { n: 4161, value: 64_549_405 } });
  expect(rounded(await platform.metric('review-score-by-punctuality', { by: 'basis,punctuality' }))).toEqual({
    'timestamp/on-time': [3562, '4.294'],
    'timestamp/late': [323, '2.427'],
    'day/on-time': [3617, '4.286'],
    'day/late': [268, '2.153'],
  });
}

interface Step {
  readonly type: string;
  readonly occurredAt: string;
  readonly facts: { readonly orderId: string; readonly promisedBy?: string };
}

/** Of the reviews of late orders, those that were written before the order came: told by the timelines of all customers. */
async function reviewedBeforeArrival(platform: Platform): Promise<[late: number, before: number]> {
  const customers: string[] = [];
  let cursor: string | undefined;
  do {
    const page: { items: { id: string }[]; next?: string } = await platform.get('/customers', {
      limit: '200',
      ...(cursor === undefined ? {} : { cursor }),
    });
    customers.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== undefined);
  let [late, before] = [0, 0];
  await each(customers, async (id) => {
    const { items } = await platform.get<{ items: Step[] }>(`/customers/${id}/timeline`, {
      type: 'review.posted,order.delivered',
      limit: '200',
    });
    for (const review of items.filter(({ type }) => type === 'review.posted')) {
      const delivery = items.find(
        ({ type, facts }) => type === 'order.delivered' && facts.orderId === review.facts.orderId,
      );
      if (!delivery || delivery.occurredAt <= delivery.facts.promisedBy!) continue;
      late += 1;
      if (review.occurredAt < delivery.occurredAt) before += 1;
    }
  });
  return [late, before];
}

whereDataIs(
  'The shop, with files and rows in another order, killed on the way, then sent once more in file order',
  () => {
    const platform = new Platform({ THROUGHLINE_CURRENCY: 'BRL' });
    beforeAll(async () => {
      await platform.start();
      for (const name of [...OLIST.map(([, file]) => file), ...JOINED]) shuffled(olist(name), platform.folder);
      for (const [map, file] of OLIST) {
        if (map === 'orders') {
          const orders = platform.begin(
            'import',
            join(platform.folder, `${file}.csv`),
            '--map',
            join(CHECKOUT, 'examples/olist/orders.map.yaml'),
          );
          const done = ended(orders);
          while (((await platform.metric('orders'))['all']?.n ?? 0) === 0)
            await new Promise((resolve) => setTimeout(resolve, 5));
          await platform.kill();
          orders.kill('SIGKILL');
          await done;
          await platform.start();
        }
        const report = await platform.import(`olist/${map}`, join(platform.folder, `${file}.csv`));
        expect(report.accepted + report.duplicates).toBe(TOUCHPOINTS[map]);
      }
    });
    afterAll(() => platform.stop());

    test('gives every known answer', () => expectOlistAnswers(platform));

    test('was reviewed 323 times for late orders, 229 times before they arrived', async () => {
      expect(await reviewedBeforeArrival(platform)).toEqual([323, 229]);
    });

    test('gives the same answers when all is sent once more', async () => {
      for (const [map, file] of OLIST)
        expect(await platform.import(`olist/${map}`, olist(file))).toMatchObject({
          accepted: 0,
          duplicates: TOUCHPOINTS[map],
          quarantined: 0,
        });
      await expectOlistAnswers(platform);
    });
  },
);

whereDataIs('The booking site', () => {
  const platform = new Platform();
  const file = join(DATA, 'airbnb_sessions/airbnb-session-data.txt');
  beforeAll(() => platform.start());
  afterAll(() => platform.stop());

  test.each([
    ['in another order', () => shuffled(file, platform.folder), 7756],
    ['sent once more, in file order', () => file, 0],
  ])('gives every known answer %s', async (_, path, accepted) => {
    expect(await platform.import('airbnb/sessions', path())).toMatchObject({
      rows: 7756,
      accepted,
      duplicates: 7756 - accepted,
    });
    expect(await platform.customers()).toBe(630);
    expect(await platform.customers('crm.devices=ge=2')).toBe(130);
    for (const [metric, hits] of [
      ['sessions-searched', 1236],
      ['sessions-messaged', 1279],
      ['sessions-requested', 145],
    ] as const) {
      const { n, value } = (await platform.metric(metric))['all']!;
      expect([n, Math.round(n * value)]).toEqual([7756, hits]);
    }
  });
});

whereDataIs('The record shop', () => {
  const platform = new Platform({ THROUGHLINE_CURRENCY: 'USD' });
  beforeAll(() => platform.start());
  afterAll(() => platform.stop());

  test('keeps all 6,919 purchases, those equal to the byte too, and absorbs them when they come again', async () => {
    const file = join(DATA, 'cdnow_sample/CDNOW_sample.txt');
    expect(await platform.import('cdnow/purchases', file)).toMatchObject({ rows: 6919, accepted: 6919, duplicates: 0 });
    expect(await platform.import('cdnow/purchases', file)).toMatchObject({ rows: 6919, accepted: 0, duplicates: 6919 });
    expect((await platform.metric('orders'))['all']!.n).toBe(6919);
    expect(await platform.customers()).toBe(2357);
  });
});
