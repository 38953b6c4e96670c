import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { CATALOGUE, factFaultsOf } from '@throughline/contracts';
import { arbitraryTouchpoint } from '../test-kit/arbitrary-touchpoint.ts';

describe('the arbitrary touchpoints of the test kit', () => {
  test.each(Object.keys(CATALOGUE))('of type %s have facts that match the catalogue', (type) => {
    fc.assert(
      fc.property(arbitraryTouchpoint([type]), (touchpoint) => {
        expect(factFaultsOf(type, touchpoint.data.facts)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
