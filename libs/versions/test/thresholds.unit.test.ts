import { describe, expect, test } from '@jest/globals';
import { problemCode, type Position, type VersionDiff } from '@throughline/contracts';
import * as fc from 'fast-check';
import { exceeded, parseThreshold } from '../src/index.ts';

const FOLDED = { touchpoints: 1, ids: '0'.repeat(32) };
const DIFF: VersionDiff = {
  projection: 'cem',
  from: 'old',
  to: 'new',
  position: '0000000000000001' as Position,
  day: '2026-11-22',
  folded: { from: FOLDED, to: FOLDED, same: true },
  customers: {
    inBoth: 200,
    same: 150,
    changed: 50,
    onlyIn: { from: { n: 50, first: [] }, to: { n: 0, first: [] } },
  },
  compared: { fields: ['cem.band', 'cem.effort', 'cem.score'], metrics: ['calls', 'nps'] },
  fields: [
    {
      field: 'cem.score',
      n: 80,
      same: 60,
      changed: 20,
      gained: 10,
      lost: 30,
      change: { mean: -2, meanAbsolute: 3.5, least: -40, median: 0, greatest: 12, histogram: [] },
      movers: [],
    },
    { field: 'cem.band', n: 10, same: 5, changed: 5, gained: 0, lost: 0, turns: [], movers: [] },
  ],
  metrics: [{ metric: 'nps', cells: 40, changed: 4, most: [] }],
};
const valueOf = (text: string, diff = DIFF) => exceeded(parseThreshold(text), diff)?.value;

describe('a limit to what a comparison may show', () => {
  test.each<[string, number]>([
    ['changed>5%', 25],
    ['changed>49', 50],
    ['only-in-old>0', 50],
    ['only-in-old>0%', 20],
    ['cem.score.changed>10%', 25],
    ['cem.score.changed>10', 20],
    ['cem.score.gained>0', 10],
    ['cem.score.lost>0%', 25],
    ['cem.score.mean-absolute>3', 3.5],
    ['cem.score.largest>20', 40],
    ['cem.band.changed>0', 5],
    ['metric.nps.changed>0', 4],
    ['metric.nps.changed>2.5%', 10],
    [' changed > 5 % ', 25],
  ])('that is exceeded says by what: %s', (text, value) => {
    const threshold = parseThreshold(text);
    expect(exceeded(threshold, DIFF)).toEqual({ text: text.replaceAll(' ', ''), value, limit: threshold.limit });
  });

  test.each([
    'changed>25%',
    'changed>50',
    'only-in-new>0',
    'only-in-new>0%',
    'cem.score.mean-absolute>3.5',
    'cem.band.mean-absolute>0',
    'cem.effort.changed>0',
    'cem.effort.changed>0%',
    'metric.calls.changed>0',
    'metric.calls.changed>0%',
    'folded-differ',
  ])('that is reached, or not even that, is not exceeded: %s', (text) => {
    expect(valueOf(text)).toBeUndefined();
  });

  test('is exceeded where something was skipped or doubled', () => {
    expect(valueOf('folded-differ', { ...DIFF, folded: { from: FOLDED, to: FOLDED, same: false } })).toBe(1);
  });

  test('on what is not compared of a sample is refused', () => {
    const { folded: _, ...rest } = DIFF;
    const sample = { ...rest, sample: { digits: 1 }, metrics: [], compared: { ...rest.compared, metrics: [] } };
    for (const text of ['folded-differ', 'metric.nps.changed>0']) {
      expect(() => valueOf(text, sample)).toThrow('sample');
      expect(codeOf(() => valueOf(text, sample))).toBe('invalid-request');
    }
    expect(valueOf('changed>0', sample)).toBe(50);
  });

  test.each([
    '',
    'changed',
    'changed>',
    'changed>-1',
    'changed<5',
    'changed>=5',
    'changed>5%%',
    'chnged>5%',
    'score.changed>5',
    'cem.score.chnged>5',
    'cem.score.mean-absolute>3%',
    'cem.score.constructor>3',
    'toString>3',
    'metric.nps>0',
    'metric.nps.gained>0',
    'folded-differ>0',
  ])('that cannot be read says what can: %j', (text) => {
    expect(() => parseThreshold(text)).toThrow(/Possible are: changed>5%/);
    expect(codeOf(() => parseThreshold(text))).toBe('invalid-request');
  });

  test('on what neither version has is refused, so that a misspelt one is not taken for kept', () => {
    expect(() => valueOf('cem.scor.changed>0')).toThrow(/neither version has a field cem.scor.*cem.score/);
    expect(codeOf(() => valueOf('cem.scor.changed>0'))).toBe('invalid-request');
    expect(codeOf(() => valueOf('metric.np.changed>0'))).toBe('invalid-request');
    const nobody = { ...DIFF, fields: [], metrics: [], compared: { fields: [], metrics: [] } };
    expect(valueOf('cem.scor.changed>0', nobody)).toBeUndefined();
  });

  test('is exceeded by more and by nothing less, as a number and as a share alike', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.nat(1000), (inBoth, part, limit) => {
        const changed = Math.min(inBoth, part);
        const diff = { ...DIFF, customers: { ...DIFF.customers, inBoth, changed, same: inBoth - changed } };
        expect(valueOf(`changed>${limit}`, diff)).toBe(changed > limit ? changed : undefined);
        const share = inBoth === 0 ? 0 : (100 * changed) / inBoth;
        expect(valueOf(`changed>${limit / 10}%`, diff)).toBe(share > limit / 10 ? share : undefined);
      }),
    );
  });
});

function codeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return problemCode(error);
  }
}
