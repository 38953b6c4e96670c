import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { arbitraryTouchpoint } from '../../contracts/test-kit/arbitrary-touchpoint.ts';
import { JOURNEY_STEPS } from '../src/journey.ts';
import { ago, cem, nps, viewOf } from './given.ts';

describe('the journey', () => {
  test('tells each step with its channel, its feeling, and why', () => {
    expect(
      viewOf([ago(2, 'session.ended', { pages: 3 }, { channel: 'web' }), ago(1, 'survey.answered', nps(9))]).journey,
    ).toEqual([
      { occurredAt: ago(2, '').occurredAt, type: 'session.ended', channel: 'web', why: [] },
      { occurredAt: ago(1, '').occurredAt, type: 'survey.answered', feeling: 80, why: ['would recommend: 9 of 10'] },
    ]);
  });

  test('ends with the last answer to the question of recommendation, whatever order the answers came in', () => {
    const answers = [
      ago(9, 'survey.answered', nps(9)),
      ago(1, 'survey.answered', nps(2)),
      ago(5, 'survey.answered', nps(6)),
    ];
    for (const list of [answers, answers.toReversed()]) expect(viewOf(list).nps).toMatchObject({ score: 2 });
  });

  test('counts what is slight and shows what is not', () => {
    const view = viewOf([
      ago(2, 'page.viewed'),
      ago(1, 'page.viewed'),
      ago(1, 'email.opened'),
      ago(0, 'kiosk.visited'),
    ]);
    expect(view.quiet).toEqual({ 'page.viewed': 2, 'email.opened': 1 });
    expect(view.journey.map((step) => step.type)).toEqual(['kiosk.visited']);
  });

  test('keeps the latest steps, the same ones in whatever order and in whatever parts they came', () => {
    const many = fc.uniqueArray(arbitraryTouchpoint(['session.ended', 'call.ended', 'message.received']), {
      minLength: JOURNEY_STEPS,
      maxLength: 2 * JOURNEY_STEPS,
      size: 'max',
      selector: (t) => t.id,
    });
    const folded = (list: Parameters<typeof cem.fragment.apply>[1][]) =>
      list.reduce((f, t) => cem.fragment.apply(f, t), cem.fragment.empty());
    fc.assert(
      fc.property(many, fc.nat(120), (list, cut) => {
        const { steps } = folded(list);
        expect(steps.map(([ms]) => ms)).toEqual(
          list
            .map((t) => t.occurredAt)
            .sort((a, b) => a - b)
            .slice(-JOURNEY_STEPS),
        );
        expect(folded(list.toReversed()).steps).toEqual(steps);
        expect(cem.fragment.merge(folded(list.slice(cut)), folded(list.slice(0, cut))).steps).toEqual(steps);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});
