import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { validateSync } from 'class-validator';
import { plainToInstance } from 'class-transformer';
import { CATALOGUE, type CataloguedType } from '@throughline/contracts';
import { arbitraryTouchpoint } from '../test-kit/arbitrary-touchpoint.ts';

describe('the arbitrary touchpoints of the test kit', () => {
  test.each(Object.keys(CATALOGUE))('of type %s have facts that match the catalogue', (type) => {
    fc.assert(
      fc.property(arbitraryTouchpoint([type]), (touchpoint) => {
        expect(validateSync(plainToInstance(CATALOGUE[type as CataloguedType].facts, touchpoint.data.facts))).toEqual(
          [],
        );
      }),
      { numRuns: 50 },
    );
  });
});
