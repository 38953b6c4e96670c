import { describe, expect, test } from '@jest/globals';
import { figure, type Cell, type Facts, type Touchpoint } from '@throughline/contracts';
import { CEM_FIELDS, CEM_METRICS } from '../src/index.ts';
import { ago, cem, csat, nps, viewOf } from './given.ts';

/** A figure from cells, as a query adds them up. */
function figureOf(name: string, cells: readonly Cell[], where: Record<string, string> = {}) {
  const metric = CEM_METRICS.find((m) => m.name === name)!;
  const chosen = cells.filter(
    (cell) => cell.metric === name && Object.entries(where).every(([dim, value]) => cell.dims[dim] === value),
  );
  const sums = chosen.reduce<number[]>((sum, { values }) => values.map((value, i) => value + (sum[i] ?? 0)), []);
  return figure(metric, sums);
}
const eventCells = (touchpoints: readonly Touchpoint[]) => touchpoints.flatMap((t) => cem.eventCells(t));
const customerCells = (touchpoints: readonly Touchpoint[]) => cem.customerCells(viewOf(touchpoints));
const ces = (score: number, scaleMin = 1, scaleMax = 7): Facts => ({
  surveyId: 'after',
  kind: 'transactional',
  question: 'ces',
  score,
  scaleMin,
  scaleMax,
});

describe('what customers say', () => {
  test('NPS is promoters (9–10) less detractors (0–6) in a hundred answers', () => {
    const cells = eventCells([0, 6, 7, 8, 9, 10, 10, 10, 10, 10].map((score) => ago(1, 'survey.answered', nps(score))));
    const { n, value, interval } = figureOf('nps', cells);
    expect({ n, value }).toEqual({ n: 10, value: 40 });
    expect(interval![0]).toBeLessThan(40);
    expect(interval![1]).toBeGreaterThan(40);
  });

  test('NPS on any other scale is not NPS', () => {
    expect(eventCells([ago(1, 'survey.answered', { ...nps(4), scaleMin: 1, scaleMax: 5 })])).toEqual([]);
  });

  test('CSAT counts the two best boxes, and its mean runs from 0 to 100, on any scale', () => {
    const cells = eventCells([1, 3, 4, 5].map((score) => ago(1, 'survey.answered', csat(score))));
    expect(figureOf('csat', cells)).toMatchObject({ n: 4, value: 0.5 });
    expect(figureOf('csat-mean', cells)).toMatchObject({ n: 4, value: (0 + 50 + 75 + 100) / 4 });
    const ofSeven = eventCells([5, 6, 7].map((score) => ago(1, 'survey.answered', { ...csat(score), scaleMax: 7 })));
    expect(figureOf('csat', ofSeven).value).toBeCloseTo(2 / 3);
  });

  test('CES is a mean on 1 to 7 whatever the scale, and easy is from 5 of 7 up', () => {
    const cells = eventCells([
      ago(1, 'survey.answered', ces(4)),
      ago(1, 'survey.answered', ces(5)),
      ago(1, 'survey.answered', ces(5, 1, 5)),
    ]);
    expect(figureOf('ces', cells)).toMatchObject({ n: 3, value: expect.closeTo((4 + 5 + 7) / 3) });
    expect(figureOf('ces-easy', cells).value).toBeCloseTo(2 / 3);
  });

  test('a survey mailed after a call is about the phone', () => {
    const mailed = { ...nps(9), about: { channel: 'phone', team: 'north' } };
    const [cell] = eventCells([
      ago(1, 'survey.answered', mailed, { channel: 'email', team: 'mailing', brand: 'eagle' }),
    ]);
    expect(cell!.dims).toEqual({
      channel: 'phone',
      team: 'north',
      brand: 'eagle',
      survey: 'relationship',
      kind: 'relational',
    });
  });

  test('a score off its scale is no answer', () => {
    expect(eventCells([ago(1, 'survey.answered', csat(9)), ago(1, 'review.posted', { score: 0 })])).toEqual([]);
  });

  test('reviews count by stars, also those of nobody known', () => {
    const cells = eventCells([
      ...[5, 5, 1].map((score) => ago(1, 'review.posted', { score })),
      ago(1, 'review.posted', { score: 10, scaleMin: 0, scaleMax: 10 }),
    ]);
    expect(figureOf('reviews', cells, { stars: '5' }).value).toBe(3);
    expect(figureOf('reviews', cells, { stars: '1' }).value).toBe(1);
    expect(figureOf('review-score', cells)).toMatchObject({ n: 4, value: 4 });
  });

  test('sentiment is a mean by channel, over texts in a language that is understood', () => {
    const said = (score: number, channel: string) =>
      ago(1, 'message.received', { sentiment: { score, model: 'm' } }, { channel });
    const cells = eventCells([
      said(-50, 'chat'),
      said(-10, 'chat'),
      said(80, 'email'),
      ago(1, 'message.received', { language: { code: 'pt', model: 'm' } }),
    ]);
    expect(figureOf('sentiment', cells, { channel: 'chat' })).toMatchObject({ n: 2, value: -30 });
    expect(figureOf('sentiment', cells).n).toBe(3);
  });

  test('the response rate takes each invitation once, however many questions were answered', () => {
    const invited = (invitationId: string, type: string, question = 'nps') =>
      ago(1, type, { surveyId: 's', kind: 'relational', question, invitationId, score: 9, scaleMin: 0, scaleMax: 10 });
    const cells = customerCells([
      invited('i1', 'survey.sent'),
      invited('i1', 'survey.answered'),
      invited('i1', 'survey.answered', 'csat'),
      invited('i2', 'survey.sent'),
      invited('i2', 'survey.dismissed'),
      invited('i3', 'survey.sent'),
      invited('i4', 'survey.answered'),
    ]);
    expect(figureOf('survey-response', cells)).toMatchObject({ n: 3, value: 1 / 3 });
    expect(figureOf('survey-dismissed', cells)).toMatchObject({ n: 3, value: 1 / 3 });
  });
});

describe('what happens to customers', () => {
  const contact = (facts: Facts, type = 'call.ended') => ago(1, type, facts, { channel: 'phone' });

  test('their time is wait, talk and hold, not the agent’s work afterwards', () => {
    const calls = [
      contact({ outcome: 'answered', waitSeconds: 60, talkSeconds: 200, holdSeconds: 40, wrapUpSeconds: 500 }),
      contact({ outcome: 'abandoned', waitSeconds: 100 }),
      contact({ outcome: 'phantom', talkSeconds: 9 }),
      contact({ outcome: 'answered' }),
    ];
    const cells = eventCells(calls);
    expect(figureOf('customer-time', cells)).toMatchObject({ n: 2, value: 200 });
    expect(figureOf('customer-time-total', cells)).toMatchObject({ n: 2, value: 400 });
    expect(figureOf('wait-time', cells)).toMatchObject({ n: 2, value: 80 });
    expect(figureOf('service-time', cells, { outcome: 'answered' })).toMatchObject({ n: 1, value: 200 });
    expect(figureOf('abandoned', cells)).toMatchObject({ n: 3, value: 1 / 3 });
    expect(cem.indexes(viewOf(calls))).toContainEqual({ field: 'cem.customerSeconds', value: 400 });
  });

  test('a duration no source can mean outweighs nothing', () => {
    expect(figureOf('wait-time', eventCells([contact({ outcome: 'answered', waitSeconds: 3e8 })])).value).toBe(
      30 * 86_400,
    );
  });

  test('first contact resolution is of the contacts said to be first, of cases apart', () => {
    const cells = eventCells([
      contact({ outcome: 'answered', firstContact: true, resolved: true }),
      contact({ outcome: 'answered', firstContact: true, resolved: false }),
      contact({ outcome: 'answered', firstContact: true }),
      contact({ outcome: 'answered', firstContact: false, resolved: true }),
      ago(1, 'case.resolved', { caseId: 'c1', firstContact: true, seconds: 7200 }),
    ]);
    expect(figureOf('first-contact-resolution', cells)).toMatchObject({ n: 2, value: 0.5 });
    expect(figureOf('case-first-contact-resolution', cells)).toMatchObject({ n: 1, value: 1 });
    expect(figureOf('resolution-time', cells)).toMatchObject({ n: 1, value: 2 });
  });

  test('reviews by punctuality: by the clock late and by the calendar on time is one of each', () => {
    const order = (id: string, deliveredAgo: number, score: number) => [
      ago(9, 'order.placed', { orderId: id, promisedBy: '2026-02-25T00:00:00Z' }),
      ago(deliveredAgo, 'order.delivered', { orderId: id }),
      ago(0, 'review.posted', { orderId: id, score }),
    ];
    const cells = customerCells([
      ...order('early', 6, 5),
      ...order('same-day', 4, 3),
      ...order('late', 2, 1),
      ago(0, 'review.posted', { orderId: 'unknown', score: 5 }),
    ]);
    const mean = (punctuality: string, basis: string) => {
      const { n, value } = figureOf('review-score-by-punctuality', cells, { punctuality, basis });
      return { n, value };
    };
    expect(mean('on-time', 'timestamp')).toEqual({ n: 1, value: 5 });
    expect(mean('late', 'timestamp')).toEqual({ n: 2, value: 2 });
    expect(mean('on-time', 'day')).toEqual({ n: 2, value: 4 });
    expect(mean('late', 'day')).toEqual({ n: 1, value: 1 });
    expect(figureOf('delivered-late', cells, { basis: 'timestamp' })).toMatchObject({ n: 3, value: 2 / 3 });
    expect(figureOf('delivered-late', cells, { basis: 'day' })).toMatchObject({ n: 3, value: 1 / 3 });
  });
});

describe('the catalogue of figures', () => {
  const everything = [
    ago(9, 'order.placed', { orderId: 'o1', promisedBy: '2026-02-25T00:00:00Z' }),
    ago(1, 'order.delivered', { orderId: 'o1' }),
    ago(0, 'review.posted', { orderId: 'o1', score: 2, sentiment: { score: -60, model: 'm' } }),
    ago(0, 'survey.sent', { ...nps(3), invitationId: 'i1' }),
    ago(0, 'survey.answered', { ...nps(3), invitationId: 'i1' }),
    ago(0, 'survey.answered', { ...csat(2), invitationId: 'i2' }),
    ago(0, 'survey.answered', { ...ces(2), invitationId: 'i3' }),
    ago(0, 'message.received', { conversationId: 'm1', sentiment: { score: -60, model: 'm' } }),
    ago(
      1,
      'call.ended',
      { outcome: 'answered', waitSeconds: 50, talkSeconds: 9, resolved: false, firstContact: true, reason: 'billing' },
      { channel: 'phone' },
    ),
    ago(0, 'call.ended', { outcome: 'abandoned', waitSeconds: 500, reason: 'billing' }, { channel: 'phone' }),
    ago(0, 'case.resolved', { caseId: 'c1', firstContact: false, seconds: 99 }),
    ago(3, 'order.placed', { orderId: 'o2' }),
    ago(2, 'subscription.renewed', { subscriptionId: 's1' }),
  ];
  const view = viewOf(everything);
  const cells = [...eventCells(everything), ...cem.customerCells(view)];

  test('each metric is fed, and no cell is of a metric that is not listed, has more values than its kind, or another dimension', () => {
    expect([...new Set(cells.map((cell) => cell.metric))].sort()).toEqual(
      CEM_METRICS.map((metric) => metric.name).sort(),
    );
    const values = { count: 1, sum: 2, mean: 3, share: 2, nps: 3 };
    for (const cell of cells) {
      const metric = CEM_METRICS.find((m) => m.name === cell.metric)!;
      expect(cell.values).toHaveLength(values[metric.kind]);
      expect(metric.dimensions).toEqual(expect.arrayContaining(Object.keys(cell.dims)));
      expect(cell.day !== undefined).toBe(metric.timed);
    }
  });

  test('each field is filled, and no index is of a field that is not listed', () => {
    expect(
      cem
        .indexes(view)
        .map((entry) => entry.field)
        .sort(),
    ).toEqual(CEM_FIELDS.map((field) => field.field).sort());
  });
});
