import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Prefixes } from '../src/embedded/prefixes.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '-'), maxLength: 5 });

test('a name is wanted exactly when it begins with one of the prefixes, whatever these have in common', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), word, fc.nat(3), (prefixes, name, gap) => {
      const bytes = Buffer.from(name);
      // What stands around the name has no say.
      const buffer = Buffer.concat([Buffer.alloc(gap, 'a'), bytes, Buffer.from('ab-ä')]);
      const wanted = prefixes.some((prefix) => name.startsWith(prefix));
      expect(new Prefixes(prefixes).begin(buffer, gap, bytes.length)).toBe(wanted);
    }),
    { numRuns: 2_000 },
  );
});
