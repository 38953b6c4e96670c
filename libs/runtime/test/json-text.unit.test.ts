import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { jsonFault, listElements } from '../src/http/json-text.ts';

describe('the place where a text is no JSON', () => {
  test.each([
    ['', 0, 1],
    ['{"a": }', 6, 1],
    ['{\n"a": 1,\n}', 10, 3],
    ['[1,2', 4, 1],
    ['"é" x', 5, 1],
    ['{"a":"b\u0001"}', 7, 1],
    ['"\\x"', 1, 1],
    ['[1 2]', 3, 1],
    ['{"a" 1}', 5, 1],
    ['nul', 0, 1],
  ])('%j fails at byte %i of line %i', (text, byte, line) => {
    expect(jsonFault(text)).toBe(`Not JSON at byte ${byte} (line ${line}).`);
  });

  test('a text cut off anywhere fails at its end or before, never within what was right', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, cut) => {
        const text = `[${json}]`.slice(0, 1 + (cut % (json.length + 1)));
        const at = Number(/byte (\d+)/.exec(jsonFault(text))![1]);
        expect(at).toBeLessThanOrEqual(Buffer.byteLength(text));
        // Inside what is right only a scalar cut short can be: `tru`, `"abc`, `-`.
        expect(text.slice(Buffer.from(text).subarray(0, at).toString().length)).not.toMatch(/^[\s,:[{}\]]+\S/);
      }),
    );
  });

  test('nesting deeper than any stack is no trouble', () => {
    expect(jsonFault('['.repeat(200_000))).toBe('Not JSON at byte 200000 (line 1).');
  });
});

describe('the elements of a list', () => {
  test('are the very texts that were sent', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), fc.constantFrom(',', ' ,\n ', ',\r\n\t'), (items, comma) => {
        expect(listElements(` [ ${items.join(comma)} ]`)).toEqual(items);
      }),
    );
  });
});
