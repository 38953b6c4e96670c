import { describe, expect, test } from '@jest/globals';
import { facts, touchpoints, mapped } from './kit.ts';

describe('Templates', () => {
  test('columns are joined, padded and dressed', async () => {
    expect(await facts("'C{client_id:pad8}'", 'client_id\n1925\n123456789\n')).toEqual(['C00001925', 'C123456789']);
    expect(await facts("'{a:lower}-{b:upper}-{c:digits:pad4}'", 'a,b,c\nAb,cD,(1) 2\n')).toEqual(['ab-CD-0012']);
  });

  test('a template with a blank column is blank as a whole, so that no half-made id is sent', async () => {
    expect(await facts("'C{id:pad8}'", 'id,x\n,1\n  ,1\n')).toEqual([undefined, undefined]);
  });

  test('a column with a question mark may be blank', async () => {
    expect(await facts("'{first} {middle?} {last}'", 'first,middle,last\nAda,,Lovelace\nAda,K,Lovelace\n')).toEqual([
      'Ada  Lovelace',
      'Ada K Lovelace',
    ]);
  });

  test('doubled braces are braces, and quoted names may hold anything', async () => {
    expect(await facts(`'{{{"a:b.c?"}}}'`, 'a:b.c?\n7\n')).toEqual(['{7}']);
  });

  test('values are trimmed, and the map’s words for "nothing" are blank', async () => {
    expect(await facts("'{a}'", 'a,b\n  x ,1\nNULL,1\nN/A,1\n', 'blank: [NULL, N/A]')).toEqual([
      'x',
      undefined,
      undefined,
    ]);
  });

  test('numbers and truths in the map are constants', async () => {
    expect(await facts('5', 'a\n1\n')).toEqual([5]);
    expect(await facts('true', 'a\n1\n')).toEqual([true]);
    expect(await facts('plain words', 'a\n1\n')).toEqual(['plain words']);
  });
});

describe('Typed values', () => {
  test('each kind is read, and what is none is told without the value', async () => {
    const kind = (as: string, rest = '') => `{ from: '{a}', as: ${as}${rest} }`;
    expect(await facts(kind('int'), 'a\n12\nx\n')).toEqual([12, 'the value is not a whole number']);
    expect(await facts(kind('decimal', ", decimal: ','"), 'a\n"1,5"\n')).toEqual([1.5]);
    expect(await facts(kind('money', ', currency: USD'), 'a\n$1.50\n1.505\n')).toEqual([
      { minor: 150, currency: 'USD' },
      'the value is not an amount of USD',
    ]);
    expect(await facts(kind('money', ", currency: '{c}'"), 'a,c\n7,jpy\n7,QQQ\n')).toEqual([
      { minor: 7, currency: 'JPY' },
      'its currency is not an ISO 4217 code',
    ]);
    expect(await facts(kind('duration'), 'a\n00:06:12\n-1\n')).toEqual([
      372,
      expect.stringContaining('not a duration'),
    ]);
    expect(await facts(kind('boolean'), 'a\nYes\nF\nmaybe\n')).toEqual([
      true,
      false,
      expect.stringContaining('not one of yes'),
    ]);
    expect(await facts(kind('boolean', ', yes: [ja], no: [nein, ""]').replace(', ""', ''), 'a\nJA\nnein\n')).toEqual([
      true,
      false,
    ]);
    expect(await facts(kind('time', ', format: dd.MM.yyyy, zone: Europe/Berlin'), 'a\n01.07.2024\n')).toEqual([
      '2024-06-30T22:00:00.000Z',
    ]);
    expect(await facts(kind('date', ', format: dd.MM.yyyy, zone: Europe/Berlin'), 'a\n01.07.2024\n')).toEqual([
      '2024-07-01',
    ]);
  });

  test('blanks stay blank whatever their kind', async () => {
    for (const as of ['int', 'money', 'duration', 'boolean', 'time'])
      expect(await facts(`{ from: '{a}', as: ${as} }`, 'a,b\n,1\n', 'currency: EUR')).toEqual([undefined]);
  });

  test('words are translated; one that is not named is told, or becomes what `else` says', async () => {
    const rows = 'a,b\nAGENT,1\nHANG,1\n,1\nOTHER,1\n';
    expect(await facts("{ from: '{a}', map: { AGENT: answered, HANG: abandoned } }", rows)).toEqual([
      'answered',
      'abandoned',
      undefined,
      expect.stringContaining('not among those'),
    ]);
    expect(await facts("{ from: '{a}', map: { AGENT: answered }, else: null }", rows)).toEqual([
      'answered',
      undefined,
      undefined,
      undefined,
    ]);
    expect(await facts("{ from: '{a}', map: { AGENT: answered }, else: '{b}' }", rows)).toEqual([
      'answered',
      '1',
      '1',
      '1',
    ]);
  });

  test('a value may be given for some rows only', async () => {
    expect(await facts("{ from: '{a}', as: int, when: { b: [x, y] } }", 'a,b\n1,x\n2,z\n')).toEqual([1, undefined]);
  });

  test('the time between two times is in seconds', async () => {
    const value = "{ since: '{a}', until: '{b}', format: 'yyyy-MM-dd HH:mm:ss' }";
    expect(
      await facts(value, 'a,b\n2015-02-16 21:50:41,2015-02-16 22:13:42\n2015-02-17 00:00:00,2015-02-16 00:00:00\n'),
    ).toEqual([1381, expect.stringContaining('not two times')]);
  });

  test('nested facts are made member by member', async () => {
    expect(await facts("{ channel: phone, callId: '{a}', team: '{b}' }", 'a,b\n7,\n')).toEqual([
      { channel: 'phone', callId: '7' },
    ]);
  });
});

describe('Rows', () => {
  const map = `
source: shop
zone: UTC
where: { status: { not: [test, draft] } }
touchpoints:
  - type: order.placed
    id: '{id}:placed'
    time: '{placed}'
    identifiers: { customer: '{who}', phone: ['{mobile}', '{landline}'] }
    facts: { orderId: '{id}' }
  - type: order.delivered
    when: { delivered: { blank: false } }
    id: '{id}:delivered'
    time: '{delivered}'
    channel: '{how}'
    facts: { orderId: '{id}' }
`;
  const head = 'id,status,placed,delivered,who,mobile,landline,how\n';

  test('one row becomes several touchpoints, each only when its conditions hold', async () => {
    const found = await touchpoints(
      map,
      `${head}1,ok,2026-01-01,2026-01-03,ada,1,2,post\n2,ok,2026-01-02,,bob,1,1,\n3,test,x,,,,,\n`,
    );
    expect(found.map(({ id }) => id)).toEqual(['1:placed', '1:delivered', '2:placed']);
    expect(found[0]!.data.identifiers).toEqual([
      { type: 'customer', value: 'ada' },
      { type: 'phone', value: '1' },
      { type: 'phone', value: '2' },
    ]);
    expect(found[1]!.data).toEqual({ channel: 'post', facts: { orderId: '1' }, origin: { file: 'test.csv', line: 2 } });
    expect(found[2]!.data.identifiers).toEqual([
      { type: 'customer', value: 'bob' },
      { type: 'phone', value: '1' },
    ]);
  });

  test('a row is the unit: where one of its touchpoints does not fit, none is sent, and all that is wrong is told', async () => {
    const [row] = await mapped(map, `${head}1,ok,01.01.2026,03.01.2026,ada,1,2,post\n`);
    expect(row).toMatchObject({
      kind: 'unfit',
      line: 2,
      problems: [{ field: 'touchpoints[0].time' }, { field: 'touchpoints[1].time' }],
      item: { source: 'shop', raw: '1,ok,01.01.2026,03.01.2026,ada,1,2,post' },
    });
    expect(JSON.stringify(row?.kind === 'unfit' && row.problems)).not.toContain('01.01.2026');
    expect(row?.kind === 'unfit' && row.item).not.toHaveProperty('time');
  });

  test('a row without what a touchpoint must have is unfit', async () => {
    const [row] = await mapped(map, `${head},ok,2026-01-01,,ada,,,\n`);
    expect(row).toMatchObject({
      kind: 'unfit',
      problems: [{ field: 'touchpoints[0].id', message: 'the row has nothing for `id`' }],
    });
  });

  test('where a row stands for one touchpoint, what is kept of it has that touchpoint’s id, so that it can be redriven', async () => {
    const one = "source: shop\nzone: UTC\ntouchpoints: [{ type: a.b, id: '{id}', time: '{t}' }]";
    const [row] = await mapped(one, 'id,t\n77,never\n');
    expect(row?.kind === 'unfit' && row.item).toMatchObject({ id: '77', source: 'shop' });
  });

  test('conditions: equal, one of, not, blank, matching; all of them must hold', async () => {
    const of = (where: string) =>
      `source: s\nzone: UTC\nwhere: ${where}\ntouchpoints: [{ type: a.b, id: '{i}', time: '2026-01-01' }]`;
    const rows = 'i,a,b\n1,x,10\n2,y,\n3,,abc\n';
    const kept = async (where: string) => (await touchpoints(of(where), rows)).map(({ id }) => id).join('');
    expect(await kept('{ a: x }')).toBe('1');
    expect(await kept('{ a: [x, y] }')).toBe('12');
    expect(await kept('{ a: { not: x } }')).toBe('23');
    expect(await kept('{ b: { blank: true } }')).toBe('2');
    expect(await kept('{ b: { matches: "^\\\\d+$" } }')).toBe('1');
    expect(await kept('{ b: 10, a: x }')).toBe('1');
    expect(await kept("{ '{a?}{b?}': [y, abc] }")).toBe('23');
  });
});
