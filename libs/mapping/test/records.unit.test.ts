import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { MAX_RECORD_BYTES, records, type RawRecord } from '../src/records.ts';
import { bytes } from './kit.ts';

async function split(
  text: string,
  { delimiter = ',', quote = '"' as string | null, chunk = Infinity } = {},
): Promise<RawRecord[]> {
  const found: RawRecord[] = [];
  for await (const batch of records(bytes(Buffer.from(text, 'latin1'), chunk), {
    delimiter,
    quote: quote ?? undefined,
  }))
    found.push(...batch);
  return found;
}

const fieldsOf = async (...args: Parameters<typeof split>) => (await split(...args)).map((record) => record.fields);

describe('Splitting a delimited file', () => {
  test('a line break inside quotes does not end the row, and lines are counted on', async () => {
    const found = await split('a,b\n1,"x\ny"\n2,z\n');
    expect(found.map(({ line, fields }) => [line, fields])).toEqual([
      [1, ['a', 'b']],
      [2, ['1', 'x\ny']],
      [4, ['2', 'z']],
    ]);
  });

  test('a doubled quote is a quote, and a quote inside an unquoted field is a character', async () => {
    expect(await fieldsOf('"say ""hi""",5" disk\n')).toEqual([['say "hi"', '5" disk']]);
  });

  test('returns before line feeds are no part of a value, and a file may end without either', async () => {
    expect(await fieldsOf('a,b\r\n"1",2\r\n3,4')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('returns alone end the lines of an old Macintosh', async () => {
    expect(await fieldsOf('a,b\r1,"2\r3"\r')).toEqual([
      ['a', 'b'],
      ['1', '2\r3'],
    ]);
  });

  test('empty lines are no rows; empty fields are values', async () => {
    expect(await fieldsOf('\na,b\n\n,\n"",x\n')).toEqual([
      ['a', 'b'],
      ['', ''],
      ['', 'x'],
    ]);
  });

  test('without quoting, quotes are characters like any other', async () => {
    expect(await fieldsOf('"a|b\n1|"\n', { delimiter: '|', quote: null })).toEqual([
      ['"a', 'b'],
      ['1', '"'],
    ]);
  });

  test('a delimiter may have several characters', async () => {
    expect(await fieldsOf('a||"b||c"||d\n', { delimiter: '||' })).toEqual([['a', 'b||c', 'd']]);
  });

  test('a quoted field that is never closed costs its own line, and no other', async () => {
    const found = await split('a,b\n1,"x\n2,y\n3,z\n');
    expect(found.map(({ raw, fields, problem }) => [raw, fields !== undefined, problem?.slice(0, 20)])).toEqual([
      ['a,b', true, undefined],
      ['1,"x', false, 'a quoted field opens'],
      ['2,y', true, undefined],
      ['3,z', true, undefined],
    ]);
  });

  test('text after a closing quote is never guessed at', async () => {
    const found = await split('1,"x"y\n2,z\n');
    expect(found[0]).toMatchObject({
      line: 1,
      raw: '1,"x"y',
      fields: undefined,
      problem: expect.stringContaining('closing quote'),
    });
    expect(found[1]!.fields).toEqual(['2', 'z']);
  });

  test('a record that would not fit into memory is set apart, and reading goes on', async () => {
    const long = 'x'.repeat(MAX_RECORD_BYTES + 10);
    const found = await split(`1,${long}\n2,b\n3,"${long}"\n4,d\n`, { chunk: 64 * 1024 });
    expect(found.map(({ line, fields, problem }) => [line, fields?.[0], problem !== undefined])).toEqual([
      [1, undefined, true],
      [2, '2', false],
      [3, undefined, true],
      [4, '4', false],
    ]);
  });

  test('however the bytes arrive, the records are the same', async () => {
    const text = 'a,b\r\n"1,""x""\r\ny",2\n\n3,"4"';
    const whole = await split(text);
    for (let chunk = 1; chunk < text.length; chunk++) expect(await split(text, { chunk })).toEqual(whole);
  });

  test('csv-parse reads whatever is well-formed alike', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é'), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 50 }),
        async (rows, newline, chunk) => {
          const text = rows
            .map((row) =>
              row.map((value) => (/["\r\n,]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(','),
            )
            .join(newline);
          const oracle = parse(Buffer.from(text, 'latin1'), {
            encoding: 'latin1',
            record_delimiter: newline,
            relax_column_count: true,
            relax_quotes: true,
          }) as string[][];
          expect(await fieldsOf(`h,h${newline}${text}`, { chunk })).toEqual([['h', 'h'], ...oracle]);
          expect(oracle).toEqual(rows);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('The blocks of a large file', () => {
  test('rows that stand across blocks are whole', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => [String(i), i % 7 === 0 ? `"q${i}\nz"` : `v${i}`]);
    const text = rows.map((row) => row.join(',')).join('\n');
    const found = await split(text, { chunk: 64 * 1024 });
    expect(found).toHaveLength(40_000);
    expect(found.every(({ fields }, i) => fields![0] === String(i))).toBe(true);
    expect(found.at(-1)!.line).toBe(40_000 + Math.ceil(39_999 / 7));
  });
});
