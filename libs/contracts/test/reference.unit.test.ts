import { describe, expect, test } from '@jest/globals';
import { CATALOGUE } from '../src/catalogue/catalogue.ts';
import { exampleOf } from '../src/catalogue/example.ts';
import { touchpointReference } from '../src/catalogue/reference.ts';
import { faultsOf } from '../src/judge.ts';
import { DUPLICATED } from '../src/touchpoint.ts';

describe('the reference', () => {
  const reference = touchpointReference();

  test.each(Object.keys(CATALOGUE).filter((type) => type !== DUPLICATED))(
    'shows a %s that may be sent as it stands',
    (type) => {
      expect(faultsOf(exampleOf(type))).toEqual([]);
      expect(reference).toContain(`### \`${type}\``);
      expect(reference).toContain(JSON.stringify(exampleOf(type), null, 2));
    },
  );
});
