import { describe, expect, test } from '@jest/globals';
import { DEFAULT_COMPANY } from '@throughline/contracts';
import * as fc from 'fast-check';
import { arbitraryDay, arbitraryTouchpoints } from '../../contracts/test-kit/arbitrary-touchpoint.ts';
import { apportion } from '../src/explain.ts';
import { cemProjection, explain, SCORE_V1 } from '../src/index.ts';
import { ago, csat, nps, TODAY, viewOf } from './given.ts';

const SCORED = [
  'survey.answered',
  'review.posted',
  'complaint.filed',
  'call.ended',
  'chat.ended',
  'order.placed',
  'order.delivered',
  'case.opened',
  'case.resolved',
  'subscription.renewed',
];
const inHundredths = (points: number) => Math.round(points * 100);

describe('an explanation', () => {
  test('adds up: the prior and the parts make the score that the view shows, to the last digit', () => {
    const cem = cemProjection(DEFAULT_COMPANY);
    fc.assert(
      fc.property(
        fc.oneof(arbitraryTouchpoints(), arbitraryTouchpoints({ types: SCORED, maxLength: 40 })),
        arbitraryDay,
        (list, at) => {
          const explanation = explain(list, at, DEFAULT_COMPANY);
          const { score, enough, evidence, interval, dimensions, stated, observed, gap } = cem.view(
            list.reduce((f, t) => cem.fragment.apply(f, t), cem.fragment.empty()),
            at,
          );
          expect(explanation.score).toEqual({ score, enough, evidence, interval, dimensions, stated, observed, gap });
          expect(explanation.parts.map((part) => part.id).sort()).toEqual(list.map((t) => t.id).sort());
          if (score === undefined) {
            expect(explanation.parts.every((part) => part.points === undefined)).toBe(true);
            return;
          }
          const sum = (values: Iterable<number | undefined>) =>
            [...values].reduce<number>((total, points) => total + inHundredths(points!), 0);
          expect(inHundredths(explanation.prior) + sum(explanation.parts.map((part) => part.points))).toBe(
            inHundredths(score),
          );
          for (const part of explanation.parts) {
            expect(sum(part.reasons.map((reason) => reason.points))).toBe(inHundredths(part.points!));
            expect(sum(Object.values(part.dimensions!))).toBe(inHundredths(part.points!));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('gives each touchpoint its signed part: Σ w·(x − prior) / (Σ w + S)', () => {
    const { prior, score, parts } = explain(
      [ago(0, 'survey.answered', nps(10)), ago(0, 'complaint.filed', { complaintId: 'b1' }, { hour: 13 })],
      TODAY,
      DEFAULT_COMPANY,
    );
    // 100 · 1·(1 − 0.5) / 3 and 100 · 1·(0 − 0.5) / 3: the same size, and together nothing.
    expect({ prior, score: score.score, points: parts.map((part) => part.points) }).toEqual({
      prior: 50,
      score: 50,
      points: [16.67, -16.67],
    });
  });

  test('says why in words, and which touchpoint owns what was joined from several', () => {
    const story = [
      ago(9, 'order.placed', { orderId: 'o1', promisedBy: '2026-02-24T00:00:00Z' }),
      ago(1, 'order.delivered', { orderId: 'o1' }),
      ago(1, 'call.ended', { orderId: 'o1', outcome: 'answered', waitSeconds: 312 }, { hour: 13, channel: 'phone' }),
      ago(
        0,
        'call.ended',
        { orderId: 'o1', outcome: 'answered', waitSeconds: 30, resolved: true },
        { channel: 'phone' },
      ),
      ago(0, 'survey.answered', csat(2), { hour: 20 }),
    ];
    expect(
      explain(story.toReversed(), TODAY, DEFAULT_COMPANY).parts.map((part) => [
        part.type,
        part.reasons.map((reason) => reason.why),
        Math.sign(part.points!),
      ]),
    ).toEqual([
      ['order.placed', [], 0],
      ['order.delivered', ['delivered 4 days late'], -1],
      ['call.ended', ['waited 312 s on the phone'], -1],
      [
        'call.ended',
        ['waited 30 s on the phone', 'had it resolved', 'had to get in touch again about the same matter (contact 2)'],
        1,
      ],
      ['survey.answered', ['satisfied: 25 of 100'], -1],
    ]);
  });

  test('of too little evidence shows no points, yet what there is', () => {
    const { score, parts } = explain(
      [ago(0, 'call.ended', { outcome: 'answered', waitSeconds: 10 })],
      TODAY,
      DEFAULT_COMPANY,
    );
    expect(score).toMatchObject({ score: undefined, enough: false, evidence: 0.4 });
    expect(parts[0]).not.toHaveProperty('points');
    expect(parts[0]!.reasons[0]).toMatchObject({
      why: 'waited 10 s on the phone',
      dimension: 'effort',
      evidence: 'observed',
      weight: 0.4,
      feeling: 55,
    });
  });

  test('follows another definition as the view does', () => {
    const definition = { ...SCORE_V1, version: 2, prior: 0.7, strength: 3 };
    const list = [ago(40, 'survey.answered', nps(3)), ago(0, 'review.posted', { score: 5 })];
    const { score, prior, definition: name } = explain(list, TODAY, DEFAULT_COMPANY, definition);
    expect({ prior, name }).toEqual({ prior: 70, name: 'experience-score v2' });
    expect(score.score).toBe(viewOf(list, TODAY, definition).score);
    expect(score.score).not.toBe(viewOf(list).score);
  });
});

test('apportioning gives what lacks to those that were cut most', () => {
  expect(apportion([1.1, 1.9, 0, -0.4], 3)).toEqual([1, 2, 0, 0]);
  expect(apportion([1.5, -1.5], 0)).toEqual([2, -2]);
});

test('apportioning cuts to whole numbers near the exact ones, and keeps the total', () => {
  const exact = fc.array(fc.double({ min: -5000, max: 5000, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(exact, (terms) => {
      const total = Math.round(terms.reduce((sum, term) => sum + term, 0)) + 0;
      const shares = apportion(terms, total);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      shares.forEach((share, i) => expect(Math.abs(share - terms[i]!)).toBeLessThanOrEqual(1 + 1e-6));
    }),
  );
});
