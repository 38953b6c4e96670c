import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_COMPANY, versionOf, type Position } from '@throughline/contracts';
import { crmProjection } from '@throughline/crm';
import { PROJECTION_NAMES } from '@throughline/projections';
import { email, worldWhere, type Body, type Happened, type World } from './world.ts';

const ADA = email('ada@example.com');
const ADA_WORK = email('ada@work.example');
const BOB = email('bob@example.com');

const order = (to: typeof ADA, at: string, id: string): Happened => ({
  to,
  type: 'order.placed',
  at,
  channel: 'web',
  facts: { orderId: id, amount: { minor: 12_000, currency: 'EUR' } },
});
const survey = (to: typeof ADA, at: string, score: number): Happened => ({
  to,
  type: 'survey.answered',
  at,
  channel: 'email',
  text: 'as I said',
  facts: { surveyId: 's', kind: 'relational', question: 'nps', score, scaleMin: 0, scaleMax: 10 },
});
const HAPPENED: readonly Happened[] = [
  order(ADA, '2026-03-02T10:00:00Z', 'o1'),
  {
    to: ADA,
    type: 'call.ended',
    at: '2026-03-05T10:00:00Z',
    channel: 'phone',
    facts: { outcome: 'answered', waitSeconds: 600, talkSeconds: 60 },
  },
  survey(ADA_WORK, '2026-03-06T10:00:00Z', 2),
  order(ADA_WORK, '2026-03-01T10:00:00Z', 'o2'),
  survey(BOB, '2026-04-06T10:00:00Z', 10),
];

let world: World;
beforeAll(async () => {
  world = await worldWhere(HAPPENED, [[ADA, ADA_WORK], [BOB]]);
});
afterAll(() => world.close());

describe('a customer', () => {
  test('is answered from both sides', async () => {
    const { status, body } = await world.get(`/customers/${ADA.key}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: ADA.key,
      crm: { orders: { total: 2 } },
      balance: { cell: expect.any(String) },
      position: world.end,
    });
    expect(body.cem.score).toBeDefined();
    expect(body.keys).toEqual([ADA, ADA_WORK]);
    expect(body).not.toHaveProperty('askedFor');
  });

  test('merged away is answered as the customer it went into, and says so', async () => {
    const own = await world.get(`/customers/${ADA.key}`);
    const { body } = await world.get(`/customers/${ADA_WORK.key}`);
    expect(body).toEqual({ ...own.body, askedFor: ADA_WORK.key });
  });

  test('is found by any identifier, however it is spelled', async () => {
    const { body } = await world.get(`/customers?identifier=${encodeURIComponent('email: Ada@WORK.example ')}`);
    expect(body).toMatchObject({ total: 1, items: [{ id: ADA.key, fields: { 'crm.orders': 2 } }] });
  });

  test('nobody is found by an identifier that nobody used', async () => {
    expect((await world.get('/customers?identifier=email:eve@example.com')).body).toMatchObject({
      total: 0,
      items: [],
    });
  });

  test.each(['email', ':x', 'email:none', 'email:', 'phone:12'])('%s is no identifier', async (identifier) => {
    const { status, body } = await world.get(`/customers?identifier=${encodeURIComponent(identifier)}`);
    expect([status, body.code]).toEqual([400, 'invalid-query']);
  });

  test.each(['0'.repeat(32), 'ada', '..%2F'])('%s is nobody’s id', async (id) => {
    const { status, type, body } = await world.get(`/customers/${id}`);
    expect([status, type]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({
      type: 'https://throughline.dev/problems/customer-not-found',
      status: 404,
      code: 'customer-not-found',
      retry: false,
      correlationId: expect.any(String),
    });
  });
});

describe('a timeline', () => {
  test('is newest first over all channels and subjects, and pages through the full history', async () => {
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const { body } = await world.get(`/customers/${ADA.key}/timeline?limit=1${next ? `&cursor=${next}` : ''}`);
      expect(body.items).toHaveLength(1);
      seen.push(`${body.items[0].occurredAt.slice(0, 10)} ${body.items[0].type}`);
      next = body.next;
    } while (next);
    expect(seen).toEqual([
      '2026-03-06 survey.answered',
      '2026-03-05 call.ended',
      '2026-03-02 order.placed',
      '2026-03-01 order.placed',
    ]);
  });

  test('can be cut to channels and types', async () => {
    const { body } = await world.get(`/customers/${ADA.key}/timeline?channel=phone,email&type=survey.answered`);
    expect(body.items).toMatchObject([
      { type: 'survey.answered', dimensions: { channel: 'email' }, personal: { text: 'as I said' } },
    ]);
    expect(body).not.toHaveProperty('next');
  });

  test('a cursor is for the timeline it was given for', async () => {
    const { body } = await world.get(`/customers/${ADA.key}/timeline?limit=1`);
    for (const path of [`/customers/${BOB.key}/timeline?limit=1`, `/customers/${ADA.key}/timeline?type=call.ended`]) {
      expect((await world.get(`${path}&cursor=${body.next}`)).body).toMatchObject({ code: 'invalid-query' });
    }
    expect((await world.get(`/customers/${ADA.key}/timeline?cursor=e30`)).body).toMatchObject({
      code: 'invalid-query',
    });
  });
});

describe('an explanation', () => {
  test('adds up to the very score of the customer', async () => {
    const { body: customer } = await world.get(`/customers/${ADA.key}`);
    const { status, body } = await world.get(`/customers/${ADA_WORK.key}/explain`);
    expect(status).toBe(200);
    expect(body.parts).toHaveLength(4);
    expect(body.score).toEqual(customer.cem.score);
    const points = body.parts.reduce((sum: number, part: { points?: number }) => sum + (part.points ?? 0), body.prior);
    expect(points).toBeCloseTo(body.score, 6);
  });
});

describe('customers', () => {
  test('are found by what is known of them, and counted exactly', async () => {
    const { body } = await world.get('/customers?where=crm.orders=ge=1;crm.lifecycle==customer&sort=-crm.orders');
    expect(body).toMatchObject({ total: 1, items: [{ id: ADA.key }] });
  });

  test('come page by page with a cursor that pins the question', async () => {
    const first = await world.get('/customers?limit=1&sort=crm.orders');
    expect(first.body).toMatchObject({ total: 2, items: [{ id: BOB.key }] });
    const second = await world.get(`/customers?limit=1&sort=crm.orders&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({ total: 2, items: [{ id: ADA.key }] });
    expect(second.body).not.toHaveProperty('next');
    const other = await world.get(`/customers?limit=1&sort=-crm.orders&cursor=${first.body.next}`);
    expect([other.status, other.body.code]).toEqual([400, 'invalid-query']);
  });

  test.each([
    ['sort=crm.nothing', /There are crm\.lifecycle/],
    ['limit=0', /1 to 200/],
    ['limit=many', /whole number/],
    ['sorting=crm.orders', /sorting should not exist/],
    ['cursor=x', /not one that this service gave out/],
    ['identifier=email:a@b.c&where=crm.orders==1', /not both/],
    ['where=crm.orders=ge=1&where=crm.orders=ge=2', /where must be a string/],
  ])('%s is refused, and the answer says why', async (query, detail) => {
    const { status, body } = await world.get(`/customers?${query}`);
    expect([status, body.code]).toEqual([400, 'invalid-query']);
    expect(body.detail).toMatch(detail);
  });
});

describe('metrics', () => {
  test('are listed with what they mean', async () => {
    const { body } = await world.get('/metrics');
    expect(body.items.find((metric: { name: string }) => metric.name === 'nps')).toMatchObject({
      kind: 'nps',
      formula: expect.any(String),
    });
  });

  test('have n and an interval, by dimension and period', async () => {
    const { body } = await world.get('/metrics/nps?by=channel&grain=month');
    expect(body.rows).toEqual([
      {
        dims: { channel: 'email' },
        period: '2026-03',
        n: 1,
        value: -100,
        interval: [expect.any(Number), expect.any(Number)],
        provisional: false,
      },
      {
        dims: { channel: 'email' },
        period: '2026-04',
        n: 1,
        value: 100,
        interval: [expect.any(Number), expect.any(Number)],
        provisional: false,
      },
    ]);
  });

  test('of a span that is not over are provisional', async () => {
    expect((await world.get('/metrics/nps')).body.rows).toMatchObject([
      { period: 'all', n: 2, value: 0, provisional: true },
    ]);
    expect((await world.get('/metrics/nps?from=2026-03-01&to=2026-03-31')).body.rows).toMatchObject([
      { n: 1, value: -100, provisional: false },
    ]);
    expect((await world.get('/metrics/nps?grain=year')).body.rows).toMatchObject([
      { period: '2026', provisional: true },
    ]);
  });

  test('of what never happened are figures of nothing', async () => {
    const { body } = await world.get('/metrics/nps?where=channel==chat');
    expect(body.rows).toEqual([{ dims: {}, period: 'all', n: 0, value: null, interval: null, provisional: true }]);
  });

  test.each([
    ['/metrics/nps?by=weather', 400, /can be cut by channel/],
    ['/metrics/nps?where=weather==fine', 400, /There are channel/],
    ['/metrics/nps?grain=decade', 400, /grain must be one of/],
    ['/metrics/nps?from=yesterday', 400, /from is a day/],
    ['/metrics/balance-grid?grain=month', 400, /as they now stand/],
    ['/metrics/nothing', 404, undefined],
  ])('%s is refused with %i', async (path, expected, detail) => {
    const { status, body } = await world.get(path);
    expect(status).toBe(expected);
    if (detail) expect(body.detail).toMatch(detail);
  });
});

test('the balance grid has everyone in exactly one cell', async () => {
  const { body } = await world.get('/balance');
  expect(body.customers).toBe(2);
  const shares = [...body.cells, ...body.unknown].map((cell: { share: number }) => cell.share);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
});

describe('read your own write', () => {
  test('waits until identity has decided, and every view has folded what it decided', async () => {
    world.come({ identity: '' as Position });
    let answered = false;
    const answer = world.get(`/customers/${ADA.key}?after=${world.end}`).then((got) => ((answered = true), got));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(answered).toBe(false);
    world.come({ identity: world.end });
    expect((await answer).status).toBe(200);
  });

  test('gives up in bounded time, and says that asking again can help', async () => {
    world.come({ lastDecision: 'ffffffffffffffff' as Position });
    const { status, body } = await world.get(`/customers/${ADA.key}?after=${world.end}&timeout=20`);
    expect([status, body.code, body.retry]).toEqual([503, 'not-caught-up', true]);
    world.come({ lastDecision: '' as Position });
  });

  test.each(['after=ffffffffffffffff', 'after=%00', `after=1&timeout=61000`, 'after=1&timeout=soon'])(
    '%s is refused at once',
    async (query) => {
      const { status, body } = await world.get(`/balance?${query}`);
      expect([status, body.code]).toEqual([400, 'invalid-query']);
    },
  );
});

test('projections say how far they have come', async () => {
  const { body } = await world.get('/projections');
  expect(body.items.map(({ name }: { name: string }) => name)).toEqual(PROJECTION_NAMES);
  expect(body.items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        name: 'crm',
        version: versionOf(crmProjection(DEFAULT_COMPANY)),
        documents: { survivorship: { version: 1, shipped: true } },
        versions: [{ version: versionOf(crmProjection(DEFAULT_COMPANY)), role: 'live', does: 'follow' }],
        position: world.end,
        lag: { caughtUp: true, seconds: 0 },
        day: '2026-05-27',
        parked: 0,
      }),
    ]),
  );
});

test('the reference describes every question, its answer and its problems', async () => {
  const { body } = await world.get('/docs/openapi.json');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      '/customers',
      '/customers/{id}',
      '/customers/{id}/timeline',
      '/customers/{id}/explain',
      '/metrics',
      '/metrics/{name}',
      '/balance',
      '/projections',
      '/projections/{name}/versions',
      '/projections/{name}/customers/{id}',
      '/projections/{name}/replays',
      '/projections/{name}/replays/estimate',
      '/projections/{name}/replays/{replay}',
      '/projections/{name}/replays/{replay}/diff',
      '/health/ready',
    ]),
  );
  for (const path of Object.values<Body>(body.paths)) {
    for (const operation of Object.values<Body>(path))
      expect(operation).toMatchObject({ summary: expect.any(String), responses: { 200: expect.anything() } });
  }
});
