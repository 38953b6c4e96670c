import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Best } from '../src/best.ts';

test('the first of many are those that would come first were all of them sorted, and no more are kept', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (all, most) => {
      const best = new Best<number>(most, (a, b) => a - b);
      for (const each of all) best.add(each);
      expect(best.first(Infinity)).toEqual([...all].sort((a, b) => a - b).slice(0, most));
    }),
  );
});
