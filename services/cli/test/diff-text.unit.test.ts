/** What an engineer reads before they promote. */
import type { VersionDiff } from '@throughline/contracts';
import { describe, expect, test } from '@jest/globals';
import { movedParts } from '../src/replay/movers.ts';
import { diffText, headline } from '../src/show/diff.ts';
import { ASCII, BLOCKS, histogram } from '../src/show/histogram.ts';

const ADA = '0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d';
const BOB = '1f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d';
const FOLDED = { touchpoints: 61_200, ids: 'ab'.repeat(16) };

const DIFF: VersionDiff = {
  projection: 'cem',
  from: '6a1f09b2c3d4e5f6',
  to: '9b2c11d0e9f8a7b6',
  position: '00000000000004d2' as VersionDiff['position'],
  day: '2026-11-22',
  folded: { from: FOLDED, to: FOLDED, same: true },
  customers: {
    inBoth: 5000,
    same: 3800,
    changed: 1200,
    onlyIn: { from: { n: 0, first: [] }, to: { n: 0, first: [] } },
  },
  compared: { fields: ['cem.enough', 'cem.score'], metrics: ['experience-score', 'nps'] },
  fields: [
    {
      field: 'cem.enough',
      n: 5000,
      same: 4995,
      changed: 5,
      gained: 0,
      lost: 0,
      movers: [],
      turns: [{ from: false, to: true, n: 4 }],
      otherTurns: 1,
    },
    {
      field: 'cem.score',
      n: 2400,
      same: 1200,
      changed: 1200,
      gained: 3,
      lost: 1,
      change: {
        mean: -1.25,
        meanAbsolute: 2.5,
        least: -27.2,
        median: 0,
        greatest: 8.4,
        histogram: [
          { from: -30, to: -20, n: 4 },
          { from: -20, to: -10, n: 0 },
          { from: -10, to: 0, n: 996 },
          { from: 0, to: 10, n: 200 },
        ],
      },
      movers: [
        { customer: ADA, from: 61.2, to: 34 },
        { customer: BOB, from: 48, to: null },
      ],
    },
  ],
  metrics: [
    {
      metric: 'experience-score',
      cells: 12,
      changed: 1,
      most: [{ day: '2026-11-22', dims: { channel: 'phone' }, from: [120, 4800], to: [120, 4500] }],
    },
  ],
};

const shown = (diff: VersionDiff, ink = ASCII) =>
  diffText(
    {
      diff,
      made: { from: 'the shipped definitions', to: 'score: experience-score v2' },
      inFull: headline(diff),
      explained: new Map([
        [
          'cem.score',
          [
            {
              customer: ADA,
              from: 61.2,
              to: 34,
              parts: [
                { why: 'delivered 7 days late', day: '2026-03-01', from: -4.1, to: -16.4 },
                { why: 'ordered again (order 2)', day: '2026-03-09', from: 1 },
                { why: 'waited 40 s on the phone', day: '2026-03-10', to: 0.5 },
                { why: 'the fourth is not told', from: 0, to: 0.1 },
              ],
            },
          ],
        ],
      ]),
      top: 5,
    },
    ink,
  );

describe('A diff as text', () => {
  test('tells versions, place, customers, each field, how far the score moves, whom most and why, and cells', () => {
    const text = shown(DIFF);
    expect(text).toMatchInlineSnapshot(`
     "cem: what 9b2c11d0e9f8a7b6 would change
       live       6a1f09b2c3d4e5f6  the shipped definitions
       candidate  9b2c11d0e9f8a7b6  score: experience-score v2
       compared   at position 00000000000004d2, as of 2026-11-22
       folded     61,200 touchpoints in both, and the same ones
       customers  5,000 in both: 1,200 changed, 3,800 the same

     Fields that move
     field       in both  changed  gained  lost   mean  median  least  greatest
     cem.enough    5,000        5       0     0
     cem.score     2,400    1,200       3     1  −1.25       0  −27.2      +8.4

     By how much cem.score moves  1,200 stay as they are
       −30 to −20    4  #
       −20 to −10    0
         −10 to 0  996  ################################################
         0 to +10  200  ##########

     Whom it moves most  cem.score
       0f4c1b9e7a2d4c6f8b1e3a5d7c9f0b2d  61.20 → 34.00  −27.20
          −12.30  2026-03-01  delivered 7 days late  −4.10 → −16.40
           −1.00  2026-03-09  ordered again (order 2)  no longer counts
           +0.50  2026-03-10  waited 40 s on the phone  counts now

     Tell another in full: --field cem.enough

     Metrics whose cells move
     metric            cells  changed  the one that differs most  live        candidate
     experience-score     12        1  2026-11-22 phone           120, 4,800  120, 4,500
     "
    `);
  });

  test('fits into 100 columns', () => {
    expect(
      Math.max(
        ...shown(DIFF)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });

  test('says loudly that the two did not fold the same, and who is in one only', () => {
    const text = shown({
      ...DIFF,
      folded: { from: FOLDED, to: { touchpoints: 61_199, ids: 'cd'.repeat(16) }, same: false },
      customers: { ...DIFF.customers, onlyIn: { from: { n: 3, first: [ADA, BOB, ADA] }, to: { n: 0, first: [] } } },
    });
    expect(text).toContain('NOT THE SAME: something was skipped or doubled. Do not promote');
    expect(text).toMatch(/live +61,200 +(ab){16}\n.*candidate +61,199 +(cd){16}/);
    expect(text).toContain(`3 only in the live one: ${ADA}, ${BOB}, …`);
    expect(text).not.toContain('only in the candidate');
  });

  test('of two that are equal says so, and nothing else', () => {
    const text = shown({ ...DIFF, fields: [], metrics: [] });
    expect(text).toContain('Every customer shows the same in both.');
    expect(text).not.toContain('By how much');
  });

  test('is told by the projection’s own figure, or by what changes for most where that does not move', () => {
    expect(headline(DIFF)).toEqual(['cem.score']);
    const [enough, score] = DIFF.fields;
    const widespread = [{ ...enough!, changed: 2000 }, score!];
    expect(headline({ ...DIFF, fields: widespread })).toEqual(['cem.score']);
    expect(headline({ ...DIFF, projection: 'crm', fields: widespread })).toEqual(['cem.enough']);
    expect(headline({ ...DIFF, fields: DIFF.fields.slice(0, 1) })).toEqual(['cem.enough']);
    expect(headline({ ...DIFF, fields: [] })).toEqual([]);
    expect(shown({ ...DIFF, fields: DIFF.fields.slice(0, 1) })).toMatch(/no → yes +4 +#+\n +in other ways +1 +#/);
  });
});

describe('A histogram', () => {
  test('shows the least that is there at all, and nothing where nothing is', () => {
    const bars = [
      { label: 'many', n: 100_000 },
      { label: 'one', n: 1 },
      { label: 'none', n: 0 },
    ];
    expect(histogram(bars, ASCII)).toBe(`  many  100,000  ${'#'.repeat(48)}\n   one        1  #\n  none        0\n`);
    expect(histogram(bars, BLOCKS)).toContain('   one        1  ▏\n');
    expect(
      histogram(
        [
          { label: 'a', n: 2 },
          { label: 'b', n: 1 },
        ],
        BLOCKS,
      ),
    ).toContain(`b  1  ${'█'.repeat(24)}\n`);
    expect(histogram([], BLOCKS)).toBe('');
  });
});

describe('What moves a customer', () => {
  const explained = (prior: number, reasons: readonly { id: string; signal: string; points: number }[]) => ({
    id: ADA,
    day: '2026-11-22',
    definition: 'x',
    prior,
    evidence: 1,
    score: 50,
    parts: reasons.map(({ id, signal, points }) => ({
      id,
      occurredAt: '2026-03-01T09:00:00.000Z',
      type: 'call.ended',
      points,
      reasons: [{ signal, why: `because of ${signal}`, points }],
    })),
  });

  test('is told by the reasons whose points differ, the strongest first; the same reason of two calls is two', () => {
    const before = explained(50, [
      { id: 'a', signal: 'wait', points: -4 },
      { id: 'b', signal: 'wait', points: -1 },
      { id: 'c', signal: 'same', points: 2 },
      { id: 'd', signal: 'gone', points: 3 },
    ]);
    const after = explained(45, [
      { id: 'a', signal: 'wait', points: -6 },
      { id: 'b', signal: 'wait', points: -2 },
      { id: 'c', signal: 'same', points: 2 },
      { id: 'e', signal: 'new', points: 0.5 },
    ]);
    expect(movedParts(before, after)).toEqual([
      { why: 'before anything is known', from: 50, to: 45 },
      { why: 'because of gone', day: '2026-03-01', from: 3 },
      { why: 'because of wait', day: '2026-03-01', from: -4, to: -6 },
      { why: 'because of wait', day: '2026-03-01', from: -1, to: -2 },
      { why: 'because of new', day: '2026-03-01', to: 0.5 },
    ]);
  });

  test('is nothing where both explain alike', () => {
    expect(movedParts(explained(50, []), explained(50, []))).toEqual([]);
  });
});
