import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { figure, type Cell, type Touchpoint } from '@throughline/contracts';
import { CRM_FIELDS, CRM_METRICS, crmProjection } from '@throughline/crm';
import { arbitraryDay, arbitraryTouchpoints } from '../../contracts/test-kit/arbitrary-touchpoint.ts';
import { COMPANY, eur, happened, viewOf } from './history.ts';

const projection = crmProjection(COMPANY);
const eventCellsOf = (story: readonly Touchpoint[], metric: string) =>
  story.flatMap((t) => projection.eventCells(t)).filter((cell) => cell.metric === metric);
const customerCellsOf = (story: readonly Touchpoint[], metric: string) =>
  projection.customerCells(viewOf(story, '2024-06-30')).filter((cell) => cell.metric === metric);
const figureOf = (metric: string, cells: readonly Cell[]) => {
  const sums = cells.reduce<number[]>((sum, { values }) => values.map((v, i) => v + (sum[i] ?? 0)), []);
  return figure(
    CRM_METRICS.find((m) => m.name === metric)!,
    sums,
  );
};

describe('roll-ups of touchpoints', () => {
  test('a touchpoint counts on its day with its own dimensions, and with no other', () => {
    const call = happened(
      '2024-01-02',
      'call.ended',
      { outcome: 'abandoned' },
      { channel: 'phone', team: 'north', brand: 'eagle' },
    );
    expect(projection.eventCells(call)).toEqual([
      {
        metric: 'touchpoints',
        day: 19_724,
        dims: { channel: 'phone', brand: 'eagle', type: 'call.ended' },
        values: [1],
      },
      {
        metric: 'calls',
        day: 19_724,
        dims: { channel: 'phone', brand: 'eagle', team: 'north', outcome: 'abandoned' },
        values: [1],
      },
    ]);
  });

  test('the day is one of the company’s own time zone', () => {
    const late = happened('2024-01-02T03:00:00Z', 'page.viewed');
    expect(crmProjection({ ...COMPANY, timeZone: 'America/New_York' }).eventCells(late)[0]?.day).toBe(19_723);
  });

  test('a type outside the catalogue counts as uncatalogued', () => {
    expect(
      eventCellsOf([happened('2024-01-02', 'kiosk.visited'), happened('2024-01-02', 'page.viewed')], 'uncatalogued'),
    ).toMatchObject([{ dims: { type: 'kiosk.visited' }, values: [1] }]);
  });

  test('money is summed by currency; an order whose amount nobody told is an order without revenue', () => {
    const story = [
      happened('2024-01-02', 'order.placed', { orderId: 'A', amount: eur(1_999) }),
      happened('2024-01-02', 'order.placed', { orderId: 'B' }),
      happened('2024-01-02', 'payment.received', {
        orderId: 'B',
        amount: { minor: 500, currency: 'BRL' },
        method: 'card',
      }),
    ];
    expect(figureOf('orders', eventCellsOf(story, 'orders'))).toMatchObject({ n: 2, value: 2 });
    expect(eventCellsOf(story, 'revenue')).toMatchObject([{ dims: { currency: 'EUR' }, values: [1, 1_999] }]);
    expect(eventCellsOf(story, 'payments')).toMatchObject([
      { dims: { currency: 'BRL', method: 'card' }, values: [1, 500] },
    ]);
  });

  test('a share counts only those of which the answer is known', () => {
    const complaints = [true, true, false, undefined].map((timely, i) =>
      happened('2024-01-02', 'complaint.filed', { complaintId: `B${i}`, ...(timely !== undefined && { timely }) }),
    );
    expect(figureOf('complaints', eventCellsOf(complaints, 'complaints')).value).toBe(4);
    expect(figureOf('complaints-timely', eventCellsOf(complaints, 'complaints-timely'))).toMatchObject({
      n: 3,
      value: 2 / 3,
    });

    const sessions = [{ searched: true }, { searched: false }, {}].map((facts) =>
      happened('2024-01-02', 'session.ended', facts),
    );
    expect(figureOf('sessions-searched', eventCellsOf(sessions, 'sessions-searched'))).toMatchObject({
      n: 2,
      value: 0.5,
    });
  });
});

describe('roll-ups of customers', () => {
  test('a customer counts once in one lifecycle', () => {
    expect(customerCellsOf([happened('2024-01-02', 'page.viewed')], 'customers')).toEqual([
      { metric: 'customers', dims: { lifecycle: 'unknown' }, values: [1] },
    ]);
  });

  test('equal parts of one customer are one cell', () => {
    const story = ['C1', 'C2'].map((caseId) => happened('2024-01-02', 'case.opened', { caseId }));
    expect(customerCellsOf(story, 'cases')).toEqual([{ metric: 'cases', dims: { state: 'open' }, values: [2] }]);
  });

  test('campaign response tells those it was sent to from those it was withheld from', () => {
    const story = [
      happened('2024-01-01', 'campaign.sent', { campaignId: 'spring', variant: 'a' }),
      happened('2024-01-02', 'campaign.responded', { campaignId: 'spring' }),
      happened('2024-01-01', 'campaign.withheld', { campaignId: 'summer' }),
      happened('2024-01-01', 'campaign.responded', { campaignId: 'never-sent' }),
      happened('2024-01-01', 'campaign.withheld', { campaignId: 'winter' }),
      happened('2024-01-03', 'campaign.sent', { campaignId: 'winter' }),
    ];
    expect(customerCellsOf(story, 'campaign-response')).toEqual([
      { metric: 'campaign-response', dims: { campaign: 'spring', group: 'sent', variant: 'a' }, values: [1, 1] },
      { metric: 'campaign-response', dims: { campaign: 'summer', group: 'withheld' }, values: [1, 0] },
      { metric: 'campaign-response', dims: { campaign: 'winter', group: 'sent' }, values: [1, 0] },
    ]);
  });

  test('net revenue adds up only customers of whom all of it is known', () => {
    const order = (currency: string) =>
      happened('2024-01-01', 'order.placed', { orderId: currency, amount: { minor: 1_000, currency } });
    expect(customerCellsOf([order('EUR')], 'net-revenue')).toMatchObject([
      { dims: { currency: 'EUR' }, values: [1, 1_000] },
    ]);
    expect(customerCellsOf([order('EUR'), order('BRL')], 'net-revenue')).toEqual([]);
  });
});

describe('what is defined', () => {
  test('every cell belongs to a defined metric, has its dimensions, its number of values, and a day where it is timed', () => {
    const defined = new Map(CRM_METRICS.map((m) => [m.name, m]));
    const width = { count: 1, sum: 2, share: 2, mean: 3, nps: 3 };
    expect(defined.size).toBe(CRM_METRICS.length);
    fc.assert(
      fc.property(arbitraryTouchpoints(), arbitraryDay, (story, at) => {
        const folded = story.reduce((f, t) => projection.fragment.apply(f, t), projection.fragment.empty());
        const cells = [
          ...story.flatMap((t) => projection.eventCells(t)),
          ...projection.customerCells(projection.view(folded, at)),
        ];
        for (const cell of cells) {
          const metric = defined.get(cell.metric)!;
          expect(metric.dimensions).toEqual(expect.arrayContaining(Object.keys(cell.dims)));
          expect(cell.values.length).toBe(width[metric.kind]);
          expect(cell.day !== undefined).toBe(metric.timed);
          if (metric.kind === 'share') expect(cell.values[1]).toBeLessThanOrEqual(cell.values[0]!);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('every index entry belongs to a defined field and has its type', () => {
    const defined = new Map(CRM_FIELDS.map((f) => [f.field, f.type]));
    expect(defined.size).toBe(CRM_FIELDS.length);
    fc.assert(
      fc.property(arbitraryTouchpoints(), arbitraryDay, (story, at) => {
        const folded = story.reduce((f, t) => projection.fragment.apply(f, t), projection.fragment.empty());
        for (const { field, value } of projection.indexes(projection.view(folded, at))) {
          expect(typeof value).toBe(defined.get(field));
        }
      }),
      { numRuns: 100 },
    );
  });
});
