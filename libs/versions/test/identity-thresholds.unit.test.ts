import { describe, expect, test } from '@jest/globals';
import { problemCode, type IdentityDiff, type Position } from '@throughline/contracts';
import { exceededByIdentity, parseIdentityThreshold } from '../src/index.ts';

const DIFF: IdentityDiff = {
  kind: 'identity',
  from: 'v1',
  to: 'v2',
  position: '0000000000000001' as Position,
  keys: 1000,
  moved: 50,
  customers: { from: 200, to: 400 },
  split: 20,
  merged: 4,
  largest: { from: { customer: 'a', keys: 90 }, to: { customer: 'a', keys: 40 } },
  sizes: [],
  refused: [],
  examples: { split: [], merged: [] },
};

describe('A limit to what a comparison of identity may show', () => {
  test.each([
    ['split>19', 20],
    ['split > 9.9%', 10],
    ['merged>3', 4],
    ['merged>0.9%', 1],
    ['moved>49', 50],
    ['moved>4%', 5],
    ['largest>39', 40],
  ])('%s is exceeded by %d', (text, value) => {
    expect(exceededByIdentity(parseIdentityThreshold(text), DIFF)).toBe(value);
  });

  test.each(['split>20', 'split>10%', 'merged>4', 'merged>1%', 'moved>50', 'moved>5%', 'largest>40'])(
    '%s is reached, and not exceeded',
    (text) => {
      expect(exceededByIdentity(parseIdentityThreshold(text), DIFF)).toBeUndefined();
    },
  );

  test('is exceeded by nothing where nobody stands with anybody', () => {
    const none = { ...DIFF, keys: 0, moved: 0, customers: { from: 0, to: 0 }, split: 0, merged: 0 };
    const diff = { ...none, largest: { from: null, to: null } };
    for (const text of ['split>0%', 'merged>0%', 'moved>0%', 'largest>0'])
      expect(exceededByIdentity(parseIdentityThreshold(text), diff)).toBeUndefined();
  });

  test.each(['', 'split', 'split>', 'split>-1', 'split>=5', 'splits>5', 'toString>3', 'largest>5%', 'changed>0'])(
    'that cannot be read says what can: %j',
    (text) => {
      let error: unknown;
      try {
        parseIdentityThreshold(text);
      } catch (thrown) {
        error = thrown;
      }
      expect(problemCode(error)).toBe('invalid-request');
      expect(String((error as { detail?: string }).detail)).toContain('Possible are: split>0');
    },
  );
});
