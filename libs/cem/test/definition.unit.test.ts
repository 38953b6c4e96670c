import { describe, expect, test } from '@jest/globals';
import { DEFAULT_COMPANY } from '@throughline/contracts';
import { cemProjection, checkDefinition, SCORE_V1 } from '../src/index.ts';
import { ago, cem, nps, TODAY, viewOf } from './given.ts';

describe('a score definition from outside', () => {
  test('that is the shipped one, written and read, is taken as it is', () => {
    expect(checkDefinition(JSON.parse(JSON.stringify(SCORE_V1)))).toEqual(SCORE_V1);
  });

  const signal = SCORE_V1.signals[0]!;
  const withSignal = (change: object) => ({ ...SCORE_V1, signals: [{ ...signal, ...change }] });
  test.each<[string, unknown]>([
    ['definition', null],
    ['definition', []],
    ['name', { ...SCORE_V1, name: '' }],
    ['prior', { ...SCORE_V1, prior: 1.1 }],
    ['strength', { ...SCORE_V1, strength: 0 }],
    ['enough', { ...SCORE_V1, enough: '1' }],
    ['dimensions.effort.weight', { ...SCORE_V1, dimensions: { effort: { meaning: 'm' } } }],
    ['signals', { ...SCORE_V1, signals: [] }],
    ['signals[1].name', { ...SCORE_V1, signals: [signal, signal] }],
    [
      'signals[0].curve[1][0]',
      withSignal({
        curve: [
          [1, 0],
          [1, 1],
        ],
      }),
    ],
    ['signals[0].curve[0][1]', withSignal({ curve: [[1, 2]] })],
    ['signals[0].words', withSignal({ words: [] })],
    ['signals[0].dimension', withSignal({ dimension: 'toString' })],
    ['signals[0].evidence', withSignal({ evidence: 'felt' })],
    ['signals[0].halfLifeDays', withSignal({ halfLifeDays: NaN })],
    ['signals[0].from.joined', withSignal({ from: { joined: 'moonPhase' } })],
    ['signals[0].from.fact', withSignal({ from: { types: ['a.b'] } })],
    ['signals[0].from.where[0].in', withSignal({ from: { fact: 'f', where: [{ fact: 'g', in: 'x' }] } })],
  ])('with a fault is refused, saying where: %s', (at, value) => {
    expect(refusalOf(value)).toMatchObject({
      code: 'invalid-definition',
      detail: expect.stringContaining(`${at}: expected`),
    });
  });
});

function refusalOf(value: unknown): unknown {
  try {
    return checkDefinition(value);
  } catch (error) {
    return error;
  }
}

describe('a changed definition', () => {
  test('with another half-life, weight or cap finishes the same fragments: no replay', () => {
    const changed = {
      ...SCORE_V1,
      episodeCap: 9,
      signals: SCORE_V1.signals.map((s) => ({ ...s, halfLifeDays: 30, weight: s.weight * 2 })),
    };
    const fragment = cem.fragment.apply(cem.fragment.empty(), ago(30, 'survey.answered', nps(10)));
    // 2 · ½ = 1, once with weight 2 faded for one half-life of 30 days.
    expect(cemProjection(DEFAULT_COMPANY, { score: changed }).view(fragment, TODAY)).toMatchObject({
      score: 75,
      evidence: 1,
    });
  });

  test('may name dimensions of its own', () => {
    const own = {
      ...SCORE_V1,
      dimensions: { trust: { weight: 2, meaning: 'Do they trust us?' } },
      signals: [{ ...SCORE_V1.signals[0]!, dimension: 'trust' }],
    };
    const view = viewOf([ago(0, 'survey.answered', nps(10))], TODAY, checkDefinition(own));
    // A dimension of weight 2 doubles the answer, up to the cap of its episode: (0.5 + 1.5) / 2.5.
    expect(view).toMatchObject({ score: 80, dimensions: { trust: { score: 80 } } });
  });
});
