import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import iconv from 'iconv-lite';
import { touchpoints } from './kit.ts';

/** Anything a person may have typed; what no encoding below can hold is left out. */
const value = fc.string({
  unit: fc.constantFrom('a', 'Z', '7', '"', "'", ',', ';', '|', '\t', '\n', '\r\n', ' ', 'é', 'ß', '€', '{', '}', '\\'),
  maxLength: 8,
});
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '|', '\t'),
  encoding: fc.constantFrom('utf-8', 'windows-1252', 'utf-16le'),
  newline: fc.constantFrom('\n', '\r\n'),
  mark: fc.boolean(),
  always: fc.boolean(),
  chunk: fc.integer({ min: 1, max: 64 }),
});

describe('An export of anything', () => {
  test('comes back value by value, whatever the file’s dialect', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 8 }),
        dialect,
        async (rows, { delimiter, encoding, newline, mark, always, chunk }) => {
          const cell = (text: string) =>
            always || text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
          const lines = [['n', 'a', 'b'], ...rows.map((row, n) => [String(n), ...row])].map((row) =>
            row.map(cell).join(delimiter),
          );
          const content = iconv.encode(lines.join(newline), encoding, { addBOM: mark && encoding !== 'windows-1252' });
          const yaml = `source: s\nzone: UTC\nencoding: ${encoding}\ndelimiter: ${JSON.stringify(delimiter)}\ntouchpoints:\n  - { type: a.b, id: '{n}', time: '2026-01-01', traits: { a: '{a}', b: '{b}' } }\n`;
          const found = await touchpoints(yaml, content, {}, chunk);
          expect(found.map(({ id, data }) => [id, data.traits?.['a'] ?? '', data.traits?.['b'] ?? ''])).toEqual(
            rows.map(([a, b], n) => [String(n), a.trim(), b.trim()]),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
