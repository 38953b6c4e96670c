import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Child, dataFolder, touchpoint } from './child.ts';

const data = dataFolder();
let platform: Child;
beforeAll(async () => {
  platform = await Child.start(data.path);
});
afterAll(async () => {
  await platform.stop();
  data.remove();
});

const ADA = { email: 'ada@example.com' };
const ADAS_PHONE = { phone: '977-806-9726' };
const TOUCHPOINTS = [
  touchpoint('1', 'order.placed', '2026-03-01T10:00:00Z', ADA, {
    orderId: 'o1',
    amount: { minor: 25_000, currency: 'EUR' },
    promisedBy: '2026-03-04T00:00:00Z',
  }),
  touchpoint(
    '2',
    'order.delivered',
    '2026-03-08T10:00:00Z',
    ADA,
    { orderId: 'o1', promisedBy: '2026-03-04T00:00:00Z' },
    'post',
  ),
  touchpoint(
    '3',
    'call.ended',
    '2026-03-09T10:00:00Z',
    ADAS_PHONE,
    { outcome: 'answered', waitSeconds: 900, talkSeconds: 120 },
    'phone',
  ),
  touchpoint(
    '4',
    'survey.answered',
    '2026-03-10T10:00:00Z',
    ADA,
    { surveyId: 's', kind: 'relational', question: 'nps', score: 2, scaleMin: 0, scaleMax: 10 },
    'email',
  ),
  touchpoint('5', 'page.viewed', '2026-03-11T10:00:00Z', { email: 'bob@example.com' }),
  touchpoint('6', 'review.posted', '2026-03-11T10:00:00Z', {}, { score: 5 }),
];

/** Sends, and waits until every view shows it. */
async function tell(touchpoints: readonly object[] | string) {
  const { status, body } = await platform.post('/touchpoints', touchpoints);
  expect(status).toBe(200);
  return body as {
    accepted: number;
    duplicates: number;
    quarantined: { index: number; quarantineId: string }[];
    position: string;
  };
}
const find = async (identifier: string, after = '') =>
  (await platform.get(`/customers?identifier=${encodeURIComponent(identifier)}${after && `&after=${after}`}`)).body
    .items[0]?.id as string | undefined;

describe('the platform', () => {
  test('shows a write to whoever asks for it by its position', async () => {
    const receipt = await tell(TOUCHPOINTS);
    expect(receipt).toMatchObject({ accepted: 6, duplicates: 0, quarantined: [] });
    const id = await find('email:Ada@Example.com', receipt.position);
    const { status, body } = await platform.get(`/customers/${id}?after=${receipt.position}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, crm: { orders: { total: 1 } }, cem: {}, balance: { cell: expect.any(String) } });
    expect(body.position >= receipt.position).toBe(true);
  });

  test('sent the same again, changes nothing', async () => {
    expect(await tell(TOUCHPOINTS)).toMatchObject({ accepted: 0, duplicates: 6 });
  });

  test('ties a phone to a customer by one touchpoint that shows both, and then both ids answer', async () => {
    const [email, phone] = [await find('email:ada@example.com'), await find('phone:+1 977 806 9726')];
    expect(phone).toBeDefined();
    expect(phone).not.toBe(email);
    const { position } = await tell([
      touchpoint('7', 'customer.identified', '2026-03-12T10:00:00Z', { ...ADA, ...ADAS_PHONE }, {}),
    ]);
    const merged = await platform.get(`/customers/${phone}?after=${position}`);
    expect(merged.body).toMatchObject({ id: email, askedFor: phone });
    expect(merged.body.keys.map((key: { type: string }) => key.type).sort()).toEqual(['email', 'phone']);
    expect(await find('phone:977-806-9726')).toBe(email);
  });

  test('tells everything that happened, newest first, page by page', async () => {
    const id = await find('email:ada@example.com');
    const types: string[] = [];
    let next = '';
    do {
      const { body } = await platform.get(`/customers/${id}/timeline?limit=2${next && `&cursor=${next}`}`);
      types.push(...body.items.map((item: { type: string }) => item.type));
      next = body.next ?? '';
    } while (next);
    expect(types).toEqual(['customer.identified', 'survey.answered', 'call.ended', 'order.delivered', 'order.placed']);
    expect((await platform.get(`/customers/${id}/timeline?channel=phone`)).body.items).toHaveLength(1);
  });

  test('explains the score of a customer, part by part', async () => {
    const id = await find('email:ada@example.com');
    const { body: customer } = await platform.get(`/customers/${id}`);
    const { body } = await platform.get(`/customers/${id}/explain`);
    expect(body.parts).toHaveLength(5);
    expect(body.score).toEqual(customer.cem.score);
    const sum = body.parts.reduce((points: number, part: { points: number }) => points + part.points, body.prior);
    expect(sum).toBeCloseTo(body.score, 6);
  });

  test('finds customers by what is known of them; a review of nobody’s adds no customer', async () => {
    const { body } = await platform.get('/customers?where=crm.orders=ge=1&sort=-cem.score');
    expect(body).toMatchObject({ total: 1, items: [{ fields: { 'crm.orders': 1 } }] });
    expect((await platform.get('/customers')).body.total).toBe(2);
  });

  test('measures, with n and interval', async () => {
    const { body } = await platform.get('/metrics/nps?by=channel&grain=month');
    expect(body.rows).toMatchObject([
      { dims: { channel: 'email' }, period: '2026-03', n: 1, value: -100, provisional: false },
    ]);
  });

  test('has everyone in one cell of the grid', async () => {
    const { body } = await platform.get('/balance');
    expect(body.customers).toBe(2);
  });

  test('keeps what is bad, answers for the rest, and lists it', async () => {
    const bad = { ...touchpoint('8', 'order.placed', 'yesterday', ADA, { orderId: 'o2' }) };
    const receipt = await tell([bad, touchpoint('9', 'order.placed', '2026-03-13T10:00:00Z', ADA, { orderId: 'o3' })]);
    expect(receipt).toMatchObject({ accepted: 1, quarantined: [{ index: 0, quarantineId: expect.any(String) }] });
    const { body } = await platform.get('/quarantine');
    expect(JSON.stringify(body)).toContain(receipt.quarantined[0]!.quarantineId);
  });

  test('a steward moves a touchpoint, and timeline, score and orders follow', async () => {
    const id = await find('email:ada@example.com');
    const timeline = (await platform.get(`/customers/${id}/timeline?type=order.placed`)).body.items;
    const moved = await platform.post('/identities/move', {
      author: 'steward@example.com',
      reason: 'ordered for Bob',
      from: { type: 'email', value: 'ada@example.com' },
      to: { type: 'email', value: 'bob@example.com' },
      touchpoints: [timeline[0].id],
    });
    expect(moved.status).toBe(200);
    const bob = await find('email:bob@example.com', moved.body.position);
    expect((await platform.get(`/customers/${bob}?after=${moved.body.position}`)).body.crm.orders.total).toBe(1);
    expect(
      (await platform.get(`/customers/${bob}/timeline`)).body.items.map((item: { type: string }) => item.type),
    ).toEqual(['order.placed', 'page.viewed']);
    expect((await platform.get(`/customers/${id}/timeline?type=order.placed`)).body.items).toHaveLength(1);
    expect((await platform.get(`/customers/${id}`)).body.crm.orders.total).toBe(1);
    for (const customer of [id, bob]) {
      const [{ body: whole }, { body: explained }] = [
        await platform.get(`/customers/${customer}`),
        await platform.get(`/customers/${customer}/explain`),
      ];
      expect(explained.score).toEqual(whole.cem.score);
    }
  });

  test.each([
    ['/customers/00000000000000000000000000000000', 404, 'customer-not-found'],
    ['/customers?where=crm.nothing==1', 400, 'invalid-query'],
    ['/metrics/nothing', 404, 'metric-not-found'],
    ['/nowhere', 404, 'not-found'],
  ])('answers %s with a problem document', async (path, status, code) => {
    const answer = await platform.get(path);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(answer.body).toMatchObject({
      status,
      code,
      retry: false,
      title: expect.any(String),
      correlationId: expect.any(String),
    });
  });

  test('a body that is nothing is refused with what and where', async () => {
    const answer = await platform.post('/touchpoints', '{"id":');
    expect([answer.status, answer.body.code]).toEqual([400, 'unreadable-body']);
  });

  test('is ready, says how far it is, and gives operators their figures', async () => {
    expect(await platform.get('/health/ready')).toMatchObject({
      status: 200,
      body: { parts: { log: { ready: true }, identity: { ready: true }, 'crm-projection': { ready: true } } },
    });
    const { body } = await platform.get('/projections');
    expect(body.items).toMatchObject([
      { name: 'balance', parked: 0 },
      { name: 'cem', parked: 0 },
      { name: 'crm', parked: 0 },
    ]);
    const figures = await platform.get<string>('/internal/metrics');
    for (const name of [
      'throughline_log_events',
      'throughline_view_lag_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
    ]) {
      expect(figures.body).toContain(name);
    }
  });

  test('has a reference of all it serves', async () => {
    const { body } = await platform.get('/docs/openapi.json');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/touchpoints',
        '/customers',
        '/customers/{id}/explain',
        '/metrics/{name}',
        '/balance',
        '/projections',
        '/quarantine',
        '/identities/link',
        '/health/live',
      ]),
    );
  });
});
