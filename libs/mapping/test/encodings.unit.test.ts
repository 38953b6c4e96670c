import { describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { facts, factMap, mapped, touchpoints } from './kit.ts';

const TEXT = 'name\nSão "Zoë" – €5\nplain\n';
const value = "'{name}'";
const VALUES = ['São "Zoë" – €5', 'plain'];

async function read(content: Buffer, head: string): Promise<unknown[]> {
  return (await touchpoints(factMap(value, head), content, {}, 3)).map((touchpoint) => touchpoint.data.facts?.['it']);
}

describe('Encodings', () => {
  test.each(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be', 'utf-8-with-a-mark'])(
    '%s is read whatever blocks it arrives in',
    async (name) => {
      const content = name === 'utf-8-with-a-mark' ? Buffer.from(`\ufeff${TEXT}`) : iconv.encode(TEXT, name);
      expect(await read(content, name === 'utf-8-with-a-mark' ? '' : `encoding: ${name}`)).toEqual(VALUES);
    },
  );

  test('a byte-order mark knows better than the map', async () => {
    expect(await read(Buffer.from(`\ufeff${TEXT}`), 'encoding: windows-1252')).toEqual(VALUES);
    expect(await read(iconv.encode(TEXT, 'utf-16le', { addBOM: true }), 'encoding: utf-8')).toEqual(VALUES);
  });

  test('an encoding whose letters may hold ASCII bytes is turned into UTF-8 first', async () => {
    expect(
      await read(
        iconv.encode('name\n表示|ポ\n', 'shift_jis'),
        'encoding: shift_jis\ndelimiter: "|"\nheader: [name, rest]\nskip: 1',
      ).catch(String),
    ).toEqual(['表示']);
  });

  test('a row whose bytes are not valid is set apart with its very bytes', async () => {
    const content = Buffer.concat([Buffer.from('name\nfine\nbad'), Buffer.from([0xff, 0xfe]), Buffer.from('\nfine\n')]);
    const [, bad] = await mapped(factMap(value), content);
    expect(bad).toMatchObject({ kind: 'unfit', line: 3, problems: [{ message: expect.stringContaining('encoding') }] });
    expect(bad?.kind === 'unfit' && Buffer.from(bad.item.rawBase64!, 'base64')).toEqual(
      Buffer.concat([Buffer.from('bad'), Buffer.from([0xff, 0xfe])]),
    );
  });

  test('a delimiter outside ASCII is found in any encoding', async () => {
    expect(
      await read(iconv.encode('name§other\nZoë§1\n', 'windows-1252'), 'encoding: windows-1252\ndelimiter: §'),
    ).toEqual(['Zoë']);
    expect(await read(Buffer.from('name§other\nZoë§1\n'), 'delimiter: §')).toEqual(['Zoë']);
  });
});

describe('Formats', () => {
  test('a TSV has tabs; a pipe may be named', async () => {
    expect(await facts("'{b}'", 'a\tb\n1\tx,y\n', 'format: tsv')).toEqual(['x,y']);
    expect(await facts("'{b}'", 'a|b\n1|x\n', "delimiter: '|'")).toEqual(['x']);
    expect(await facts("'{b}'", 'a\tb\n1\tx\n', 'delimiter: tab')).toEqual(['x']);
  });

  test('a file without a header line has its columns named by the map', async () => {
    expect(await facts("'{b}'", '1,x\n2,y\n', 'header: [a, b]')).toEqual(['x', 'y']);
  });

  test('lines before the header are passed over', async () => {
    expect(await facts("'{b}'", 'Report of May\n\na,b\n1,x\n', 'skip: 1')).toEqual(['x']);
  });

  test('fixed columns are places in the line, in characters', async () => {
    const head = 'format: fixed\ncolumns: { id: 1-3, name: 4-8, rest: 9- }';
    expect(await facts("'{id}/{name}/{rest?}'", '001Zoë  hello there\n002Bob\n', head)).toEqual([
      '001/Zoë/hello there',
      '002/Bob/',
    ]);
  });

  test('NDJSON has paths for columns', async () => {
    const lines = '{"user":{"name":"Ada","age":36},"a.b":true,"tags":["x","y"]}\n{"user":null}\n[1]\n{"user":\n';
    expect(await facts("'{user.name}'", lines, 'format: ndjson')).toEqual([
      'Ada',
      undefined,
      'the line is not a JSON object',
      'the line is not a JSON object',
    ]);
    expect(await facts('\'{"a.b"} {user.age} {tags.1}\'', lines.split('\n')[0]!, 'format: ndjson')).toEqual([
      'true 36 y',
    ]);
  });

  test('a row with too few columns, or with more that are not blank, is set apart with its bytes', async () => {
    const rows = await mapped(factMap("'{b}'"), 'a,b\n1,x,,\n2\n3,y,z\n');
    expect(rows.map((row) => row.kind)).toEqual(['mapped', 'unfit', 'unfit']);
    expect(rows[2]).toMatchObject({
      item: { raw: '3,y,z', data: { origin: { file: 'test.csv', line: 4, map: 'test.map.yaml' } } },
    });
  });
});
