import { describe, expect, test } from '@jest/globals';
import { wilson } from '@throughline/contracts';
import { SCORE_V1 } from '../src/index.ts';
import { ago, cem, csat, mergedViewOf, nps, TODAY, viewOf } from './given.ts';

describe('the score of one customer', () => {
  test('one promoter’s answer of today pulls the prior half-way: (1·0.5 + 1·1) / (1 + 1) = 75', () => {
    const view = viewOf([ago(0, 'survey.answered', nps(10))]);
    expect(view).toMatchObject({ score: 75, evidence: 1, enough: true });
    const [low, high] = wilson(2, 1.5);
    expect(view.interval![0]).toBeCloseTo(100 * low, 2);
    expect(view.interval![1]).toBeCloseTo(100 * high, 2);
    expect(view.dimensions).toEqual({ advocacy: expect.objectContaining({ score: 75, evidence: 1 }) });
  });

  test('after its half-life an answer weighs half: (0.5 + 0.5) / 1.5 = 66.67, and a day later it is no longer enough', () => {
    const answer = ago(365, 'survey.answered', nps(10));
    expect(viewOf([answer])).toMatchObject({ score: 66.67, evidence: 0.5, enough: true });
    expect(viewOf([answer], TODAY + 1)).toMatchObject({
      score: undefined,
      interval: undefined,
      evidence: 0.5,
      enough: false,
    });
  });

  test('evidence dated ahead has not begun to fade', () => {
    expect(viewOf([ago(0, 'survey.answered', nps(10))], TODAY - 100)).toMatchObject({ score: 75, evidence: 1 });
  });

  test('answers weigh as they are: nine promoters and one detractor stand well above the middle', () => {
    const answers = [10, 10, 10, 10, 10, 10, 10, 10, 10, 0].map((score, i) =>
      ago(0, 'survey.answered', nps(score), { hour: i, channel: `c${i}` }),
    );
    const apart = answers.map((t, i) => ({
      ...t,
      data: { ...t.data, facts: { ...t.data.facts, about: { callId: `call${i}` } } },
    }));
    // (0.5 + 9·1 + 1·0) / 11
    expect(viewOf(apart)).toMatchObject({ score: 86.36, evidence: 10 });
  });

  test('silence is not an average experience', () => {
    const quiet = viewOf([
      ago(3, 'page.viewed', { path: '/' }),
      ago(2, 'order.placed', { orderId: 'o1' }),
      ago(1, 'survey.dismissed', nps(0)),
    ]);
    expect(quiet).toMatchObject({ score: undefined, enough: false, evidence: 0, gap: undefined, dimensions: {} });
    expect(cem.customerCells(quiet)).toContainEqual({
      metric: 'experience-customers',
      dims: { band: 'not-enough-evidence' },
      values: [1],
    });
    expect(cem.indexes(quiet).map((entry) => entry.field)).toEqual(['cem.evidence']);
    expect(quiet.changes).toBeUndefined();
  });

  test('what they say and what happened to them are scored apart, and the gap is shown', () => {
    const view = viewOf([
      ago(0, 'survey.answered', csat(5)),
      ago(0, 'call.ended', { outcome: 'abandoned', callId: 'k1' }),
    ]);
    expect(view.stated).toMatchObject({ score: 75, evidence: 1 });
    // (0.5 + 0.6·0.05) / 1.6
    expect(view.observed).toMatchObject({ score: 33.13, evidence: 0.6 });
    expect(view.gap).toBe(41.87);
    // (0.5 + 1 + 0.03) / 2.6
    expect(view.score).toBe(58.85);
  });

  test('a phantom call is nobody’s experience', () => {
    expect(viewOf([ago(0, 'call.ended', { outcome: 'phantom', waitSeconds: 900, transfers: 3 })])).toMatchObject({
      evidence: 0,
      contacts: [],
      time: { contacts: 0 },
    });
  });
});

describe('one bad story', () => {
  const promise = ago(9, 'order.placed', { orderId: 'o1', promisedBy: '2026-02-24T00:00:00Z' });
  const late = ago(1, 'order.delivered', { orderId: 'o1' });
  const call = ago(1, 'call.ended', { orderId: 'o1', outcome: 'answered', waitSeconds: 600, resolved: false });
  const opened = ago(1, 'case.opened', { caseId: 'c1', orderId: 'o1' });
  const complaint = ago(1, 'complaint.filed', { complaintId: 'b1', caseId: 'c1' });
  const fresh = 2 ** (-1 / 180);

  test('a late order, the call about it and its complaint weigh no more than an episode may', () => {
    const view = viewOf([promise, late, call, opened, complaint]);
    expect(view.evidence).toBeLessThanOrEqual(SCORE_V1.episodeCap);
    expect(view.evidence).toBeGreaterThan(SCORE_V1.episodeCap * fresh);
  });

  test('the complaint belongs to it only through the case: without that link they are two stories', () => {
    const together = viewOf([promise, late, call, opened, complaint]).evidence;
    expect(viewOf([promise, late, call, complaint]).evidence).toBeGreaterThan(together + 0.5);
  });

  test('it is told the same whichever identifier each part came under', () => {
    const parts = [promise, late, call, opened, complaint];
    expect(JSON.stringify(mergedViewOf(parts))).toBe(JSON.stringify(viewOf(parts)));
  });

  test('three matters on one day are three stories', () => {
    const three = ['b1', 'b2', 'b3'].map((complaintId) => ago(0, 'complaint.filed', { complaintId }));
    expect(viewOf(three).evidence).toBe(3);
  });

  test('the answers of one questionnaire are one story, those of two are two', () => {
    const asked = (invitationId: string) =>
      [nps(9), csat(5)].map((facts) => ago(0, 'survey.answered', { ...facts, invitationId }));
    expect(viewOf(asked('i1')).evidence).toBe(1.5);
    expect(viewOf([...asked('i1'), ...asked('i2')]).evidence).toBe(3);
  });

  test('what names no matter is one story a day', () => {
    const cancelled = [1, 2, 3, 4].map((hour) =>
      ago(0, 'consent.withdrawn', { channel: 'email', purpose: `p${hour}` }, { hour }),
    );
    const upset = [1, 2, 3, 4].map((hour) =>
      ago(0, 'message.received', { sentiment: { score: -80, model: 'm' } }, { hour }),
    );
    expect(viewOf([...cancelled, ...upset]).evidence).toBe(1.5);
    const dayBefore = upset.map((t) => ({ ...t, occurredAt: t.occurredAt - 86_400_000 }));
    expect(viewOf([...cancelled, ...upset, ...dayBefore]).evidence).toBeGreaterThan(2.9);
  });
});

describe('a promise', () => {
  const placed = ago(10, 'order.placed', { orderId: 'o1', promisedBy: '2026-02-22T23:30:00Z' });
  const deliveries = (promisedBy?: string) =>
    ago(5, 'order.delivered', { orderId: 'o1', ...(promisedBy && { promisedBy }) }, { hour: 0 });

  test('may stand on the placing or on the delivery, and the order of arrival matters not', () => {
    const onPlacing = [placed, deliveries()];
    const onDelivery = [ago(10, 'order.placed', { orderId: 'o1' }), deliveries('2026-02-22T23:30:00Z')];
    for (const story of [onPlacing, onDelivery, onPlacing.toReversed()]) {
      expect(viewOf(story).deliveries).toEqual({ promised: 1, late: 1, lateByDay: 1 });
      expect(viewOf(story).journey.find((step) => step.type === 'order.delivered')).toMatchObject({
        feeling: -60,
        why: ['delivered 2 days late'],
      });
    }
  });

  test('that was put off later is still the one first given', () => {
    expect(viewOf([placed, deliveries('2026-02-28T00:00:00Z')]).deliveries.late).toBe(1);
  });

  test('is kept by the calendar day where it is broken only by the clock', () => {
    const view = viewOf([
      ago(9, 'order.placed', { orderId: 'o1', promisedBy: '2026-02-25T00:00:00Z' }),
      ago(4, 'order.delivered', { orderId: 'o1' }),
    ]);
    expect(view.deliveries).toEqual({ promised: 1, late: 1, lateByDay: 0 });
    expect(view.journey.at(-1)!.why).toEqual(['delivered on the day promised']);
  });

  test('is a day of the company’s own time zone', () => {
    // 03:00 UTC on the 25th is still the 24th in New York.
    const story = [
      ago(9, 'order.placed', { orderId: 'o1', promisedBy: '2026-02-24T20:00:00Z' }),
      ago(4, 'order.delivered', { orderId: 'o1' }, { hour: 3 }),
    ];
    expect(viewOf(story, TODAY, undefined, 'America/New_York').deliveries.lateByDay).toBe(0);
    expect(viewOf(story).deliveries.lateByDay).toBe(1);
  });

  test('of which no delivery is known is not yet broken', () => {
    expect(viewOf([placed])).toMatchObject({ deliveries: { promised: 0 }, evidence: 0 });
  });
});

describe('coming back', () => {
  const call = (days: number, facts: object, type = 'call.ended') =>
    ago(days, type, { outcome: 'answered', ...facts }, { channel: type === 'call.ended' ? 'phone' : 'chat' });

  test('within a week about the same case or for the same reason is a repeat contact, on whatever channel', () => {
    const view = viewOf([
      call(20, { caseId: 'c1' }),
      call(14, { caseId: 'c1' }, 'chat.ended'),
      call(6, { caseId: 'c1' }),
      call(3, { reason: 'billing' }),
      call(1, { reason: 'billing' }),
    ]);
    expect(view.contacts).toEqual([
      { channel: 'phone', n: 4, known: 4, repeats: 1 },
      { channel: 'chat', n: 1, known: 1, repeats: 1 },
    ]);
    expect(cem.indexes(view)).toContainEqual({ field: 'cem.repeatContacts', value: 2 });
    expect(view.journey.at(-1)!.why).toEqual(['had to get in touch again about the same matter (contact 2)']);
  });

  test('about a case that belongs to the same order is about the same matter', () => {
    const tie = ago(5, 'case.opened', { caseId: 'c1', orderId: 'o1' });
    expect(viewOf([call(6, { orderId: 'o1' }), tie, call(4, { caseId: 'c1' })]).contacts[0]!.repeats).toBe(1);
    expect(viewOf([call(6, { orderId: 'o1' }), call(4, { caseId: 'c1' })]).contacts[0]!.repeats).toBe(0);
  });

  test('is what the source says it is, where it says so', () => {
    expect(
      viewOf([call(2, { reason: 'billing' }), call(1, { reason: 'billing', firstContact: true })]).contacts[0],
    ).toMatchObject({ known: 2, repeats: 0 });
    expect(viewOf([call(1, { firstContact: false })]).contacts[0]).toMatchObject({ known: 1, repeats: 1 });
  });

  test('cannot be told of a contact that names nothing', () => {
    expect(viewOf([call(2, {}), call(1, {})]).contacts[0]).toEqual({ channel: 'phone', n: 2, known: 0, repeats: 0 });
  });

  test('two orders of the first day are not coming back', () => {
    const basket = [1, 2].map((hour) => ago(9, 'order.placed', { orderId: `o${hour}` }, { hour }));
    expect(viewOf(basket)).toMatchObject({ evidence: 0 });
    expect(viewOf([...basket, ago(5, 'order.placed', { orderId: 'o3' })]).journey.at(-1)!.why).toEqual([
      'ordered again (order 3)',
    ]);
  });

  test('to order again is loyalty; the first order and cancelled ones are none', () => {
    const orders = [
      ago(9, 'order.placed', { orderId: 'o1' }),
      ago(5, 'order.placed', { orderId: 'o2' }),
      ago(4, 'order.placed', { orderId: 'o3' }),
      ago(3, 'order.cancelled', { orderId: 'o3', by: 'customer' }),
    ];
    expect(viewOf(orders).dimensions).toEqual({ loyalty: expect.objectContaining({ evidence: 0.3 }) });
  });
});
