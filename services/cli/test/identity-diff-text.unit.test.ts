import { describe, expect, test } from '@jest/globals';
import type { IdentityDiff, Position } from '@throughline/contracts';
import { ASCII } from '../src/show/histogram.ts';
import { identityDiffText } from '../src/show/identity-diff.ts';

const ADA = 'a'.repeat(32);
const BOB = 'b'.repeat(32);

const DIFF: IdentityDiff = {
  kind: 'identity',
  from: 'v1',
  to: 'v2',
  position: '00000000000004d2' as Position,
  keys: 12_400,
  moved: 33,
  customers: { from: 2400, to: 2409 },
  split: 9,
  merged: 1,
  largest: { from: { customer: ADA, keys: 17 }, to: null },
  sizes: [
    { least: 2, most: 2, from: 0, to: 0 },
    { least: 3, most: 3, from: 200, to: 100 },
    { least: 4, most: 4, from: 0, to: 0 },
    { least: 5, most: 8, from: 2200, to: 2309 },
    { least: 9, most: 16, from: 0, to: 0 },
    { least: 17, most: null, from: 0, to: 0 },
  ],
  refused: [
    { reason: 'limit', from: 0, to: 9 },
    { reason: 'shared', from: 12, to: 4 },
  ],
  examples: {
    split: [
      {
        customer: ADA,
        keys: 17,
        parts: 12,
        first: [
          { customer: ADA, keys: 5 },
          { customer: BOB, keys: 1 },
        ],
      },
      {
        customer: BOB,
        keys: 3,
        parts: 2,
        first: [
          { customer: BOB, keys: 2 },
          { customer: ADA, keys: 1 },
        ],
      },
    ],
    merged: [],
  },
};

const shown = (diff: IdentityDiff, top = 5) =>
  identityDiffText({ diff, made: { from: 'rules: default v1 (shipped)', to: 'rules: households v2' }, top }, ASCII);

describe('A comparison of identity as text', () => {
  test('tells whom the rules split and merge, what they refuse, and the largest of each', () => {
    expect(shown(DIFF)).toMatchInlineSnapshot(`
     "identity: what v2 would change
       live       v1  rules: default v1 (shipped)
       candidate  v2  rules: households v2
       compared   at position 00000000000004d2
       keys       12,400 stand with others: 33 moved, 12,367 as they were
       customers  of more than one key: 2,400, would be 2,409 (+9)
       split      9 customers would be several
       merged     1 customer would be made of several
       largest    17 keys aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, would be none

     Customers by how many keys they have
         3  live         200  ####
            candidate    100  ##
         4  live           0
            candidate      0
       5–8  live       2,200  ##############################################
            candidate  2,309  ################################################

     Links refused
     reason  live  candidate  change  which is
     limit      0          9      +9  a customer would have too many keys of a type
     shared    12          4      −8  a device would make two people one

     The largest that are split  2 of 9
     customer                          keys  into
     aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa    17  12: 5 + 1 + …
     bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb     3  2: 2 + 1
     "
    `);
  });

  test('names so many of the largest', () => {
    expect(shown(DIFF, 1)).toContain(`1 of 9`);
    expect(shown(DIFF, 1)).not.toContain(`\n${BOB}`);
    expect(shown(DIFF, 0)).not.toContain('The largest that are split');
  });

  test('says so where nobody moves', () => {
    const same = { ...DIFF, moved: 0, split: 0, merged: 0, refused: [], examples: { split: [], merged: [] } };
    expect(shown(same)).toContain('Every key stands with the same keys in both.');
    expect(shown({ ...same, customers: { from: 0, to: 0 }, keys: 0 })).not.toContain('Customers by how many keys');
  });
});
