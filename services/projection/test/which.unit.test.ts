import { PROJECTION_NAMES } from '@throughline/projections';
import { expect, test } from '@jest/globals';
import { whichProjection } from '../src/which.ts';

test('a process runs the projection that its environment names', () => {
  for (const name of PROJECTION_NAMES) expect(whichProjection({ THROUGHLINE_PROJECTION: name })).toBe(name);
});

test.each([{}, { THROUGHLINE_PROJECTION: '' }, { THROUGHLINE_PROJECTION: 'secret' }])(
  'a process that is told of none that there is does not start: %j',
  (env) => {
    expect(() => whichProjection(env)).toThrow(
      `The settings are wrong. THROUGHLINE_PROJECTION must be one of ${PROJECTION_NAMES.join(', ')}.`,
    );
  },
);
