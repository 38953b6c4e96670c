import { describe, expect, test } from '@jest/globals';
import { MapError, readMap } from '../src/index.ts';
import { mapped } from './kit.ts';

function problems(yaml: string): string[] {
  try {
    readMap(yaml, 'm.yaml');
  } catch (error) {
    if (error instanceof MapError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const TAIL = "\ntouchpoints:\n  - type: a.b\n    time: '{t}'\n";

describe('A map that is wrong', () => {
  test('says so for everything at once, each with its line and what to write', () => {
    expect(
      problems(`sourc: shop
encoding: utf-99
zone: Berlin
touchpoints:
  - type: order.placed
    tiem: '{placed}'
    facts:
      amount: { from: '{amount}', as: mony }
      late: { from: '{late:padd}', as: boolean }
      due: { from: '{due}', as: time, format: dd.MM.yyyy }
`),
    ).toEqual([
      'm.yaml:1: sourc: is not known here; did you mean `source`? Known: format, encoding, delimiter, quote, header, columns, skip, blank, source, zone, times, currency, decimal, joins, where, touchpoints',
      'm.yaml:2: encoding: knows no encoding `utf-99`: write utf-8, utf-16le, windows-1252, latin1 or another one that iconv-lite knows',
      'm.yaml:3: zone: knows no time zone `Berlin`: write an IANA name such as `America/New_York`, or UTC',
      'm.yaml:1: needs `source:`, the name of the system that says these things, such as `contact-centre`',
      expect.stringContaining('m.yaml:6: touchpoints[0].tiem: is not known here; did you mean `time`?'),
      expect.stringContaining('m.yaml:5: touchpoints[0]: needs `time:`'),
      'm.yaml:8: touchpoints[0].facts.amount.as: knows no `mony`: write `text`, `int`, `decimal`, `money`, `duration`, `boolean`, `time`, `date`',
      'm.yaml:9: touchpoints[0].facts.late.from: knows no filter `padd`: write `padN` (zeros in front up to N characters), `lower`, `upper`, `digits` (only the digits)',
      expect.stringContaining('m.yaml:10: touchpoints[0].facts.due: needs `zone:`'),
    ]);
  });

  test.each([
    ['touchpoints: [', 'is not YAML'],
    ['', 'write a mapping here'],
    ['source: s\ntouchpoints: []', 'needs `touchpoints:`'],
    [`source: s${TAIL}  - type: c.d\n    time: '{t}'\n`, 'since a row becomes several touchpoints'],
    [`source: s${TAIL}    facts: { a: '{b' }`, 'has a lone brace'],
    [`source: s${TAIL}    facts: { a: '{$rwo}' }`, 'knows no `$rwo`: there is $row, $file, $line'],
    [`source: s${TAIL}    facts: { a: { as: int } }`, 'needs `from:`'],
    [`source: s${TAIL}    facts: { a: { from: '{x}', as: money } }`, 'needs `currency:`'],
    [`source: s${TAIL}    facts: { a: { from: '{x}', as: money, currency: DOL } }`, 'knows no currency `DOL`'],
    [`source: s${TAIL}    facts: { a: { from: '{x}', format: iso } }`, 'is for `as: time`, `as: date` only'],
    [`source: s${TAIL}    facts: { a: { each: items, value: x } }`, 'names no join with `many: true`'],
    [`source: s${TAIL}    facts: { a: { from: '{x}', as: duration, unit: weeks } }`, 'knows no `weeks`'],
    [`source: s${TAIL}    facts: { a: [1, 2] }`, 'write one value here'],
    [`source: s${TAIL}    when: { a: { matches: '(' } }`, 'is not a regular expression'],
    [`source: s\nformat: fixed${TAIL}`, 'needs `columns:`'],
    [`source: s\nformat: fixed\ncolumns: { a: x }${TAIL}`, 'write the first and last character'],
    [
      `source: s\nformat: fixed\ncolumns: { a: 1-2 }\nquote: none${TAIL}`,
      'is for `format: csv` and `format: tsv` only',
    ],
    [`source: s\ncolumns: { a: 1-2 }${TAIL}`, 'is for `format: fixed` only'],
    [`source: s\njoins: { a: { file: a.csv } }${TAIL}`, 'needs `key:`'],
    [`source: s\ntimes: rubbish${TAIL}`, 'needs `zone:`'],
    [`source: s\nskip: -1${TAIL}`, 'write a whole number'],
    [`source: s\nsource: t${TAIL}`, 'Map keys must be unique'],
  ])('%j: %s', (yaml, message) => {
    expect(problems(yaml).join('\n')).toContain(message);
    expect(problems(yaml)[0]).toMatch(/^m\.yaml(:\d+)?: /);
  });

  test('names a column that the file does not have before any row is mapped, and what it has instead', async () => {
    await expect(
      mapped(
        `source: s\nzone: UTC\ntouchpoints:\n  - type: a.b\n    time: '{Dat}'\n    text: '{Comment}'\n`,
        'Date,Text\n2026-01-01,x\n',
      ),
    ).rejects.toThrow(
      'test.map.yaml:5: touchpoints[0].time: test.csv has no column `Dat`; did you mean `Date`?\ntest.map.yaml:6: touchpoints[0].text: test.csv has no column `Comment`\ntest.map.yaml: test.csv has the columns Date, Text',
    );
  });

  test('a file that is empty, or has one name for two columns, is told', async () => {
    const yaml = `source: s\nzone: UTC${TAIL}`;
    await expect(mapped(yaml, '')).rejects.toThrow('test.csv: the file is empty');
    await expect(mapped(yaml, 't,a,t\n')).rejects.toThrow('two columns are named `t`');
  });

  test('aliases share what several touchpoints have in common', async () => {
    const yaml = `source: s\nzone: UTC\ntouchpoints:\n  - { type: a.b, id: '1', time: '{t}', identifiers: &who { client: '{c}' } }\n  - { type: a.c, id: '2', time: '{t}', identifiers: *who }\n`;
    const [row] = await mapped(yaml, 't,c\n2026-01-01,7\n');
    expect(
      row?.kind === 'mapped' && row.touchpoints.map((touchpoint) => touchpoint.data.identifiers?.[0]?.value),
    ).toEqual(['7', '7']);
  });
});
