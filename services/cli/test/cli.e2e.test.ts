/** The command line as scripts meet it: exit codes, what goes to which stream, and what it does with rows that are no touchpoints. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CHECKOUT, commandLine, ended, Platform, throughline } from './kit.ts';

jest.setTimeout(180_000);

const NOWHERE = { THROUGHLINE_URL: 'http://127.0.0.1:9' };
const COMMANDS = [
  'start',
  'demo',
  'import',
  'simulate',
  'customer',
  'explain',
  'metrics',
  'balance',
  'projections',
  'quarantine',
  'quarantine list',
  'quarantine show',
  'quarantine redrive',
  'customer rebuild',
  'parked',
  'parked list',
  'parked redrive',
  'parked clear',
  'replay',
  'replay start',
  'replay status',
  'replay pause',
  'replay resume',
  'replay cancel',
  'replay diff',
  'replay promote',
  'replay rollback',
  'replay retire',
  'replay versions',
  'identity',
  'identity reresolve',
];
/** Those that only have commands of their own. */
const GROUPS = ['quarantine', 'parked', 'replay', 'identity'];

describe('Without a platform', () => {
  test.each(COMMANDS)('%s --help tells what it takes, with an example', async (command) => {
    const { code, out } = await throughline([...command.split(' '), '--help'], NOWHERE);
    expect(code).toBe(0);
    expect(out).toContain('Usage: throughline');
    if (!GROUPS.includes(command)) expect(out).toContain('$ npx throughline');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  test.each([
    [['frobnicate']],
    [['import']],
    [['import', 'x.csv', '--map', 'y.yaml']],
    [['simulate', '--days', 'many']],
    [['customer', 'somebody']],
    [['demo', '--port', '99999']],
    [['quarantine', 'redrive']],
    [['customer', 'rebuild', 'somebody']],
    [['customer', 'rebuild', 'a'.repeat(32), '--projection', 'nps']],
    [['parked', 'list', 'nps']],
    [['parked', 'redrive', 'cem']],
    [['parked', 'redrive', 'cem', 'a'.repeat(32), '--all']],
    [['parked', 'clear', 'cem', 'a'.repeat(32)]],
    [['replay', 'start', 'nps']],
    [['replay', 'start', 'cem', '--definition', 'none.json']],
    [['replay', 'start', 'cem', '--sample', '1/3']],
    [['replay', 'start', 'cem', '--workers', '0']],
    [['replay', 'start', 'cem', '--source', 'memory']],
    [['replay', 'diff', 'cem', '--fail-if', 'cem.score>5']],
    [['replay', 'promote', 'cem']],
    [['replay', 'start', 'identity']],
    [['replay', 'diff', 'identity', '--fail-if', 'changed>0']],
    [['replay', 'diff', 'identity', '--field', 'cem.score']],
    [['identity', 'reresolve']],
    [['identity', 'reresolve', '--rules', 'none.json']],
    [['replay', 'rollback', 'cem', '--author', 'ada']],
  ])('%j ends with 2 and says on standard error what is wrong', async (args) => {
    const { code, out, err } = await throughline(args, NOWHERE);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.length).toBeGreaterThan(10);
  });

  test.each([
    ['projections'],
    ['customer', 'phone:977-806-9726'],
    ['balance'],
    ['metrics', 'nps'],
    ['quarantine', 'list'],
    ['replay', 'status'],
    ['replay', 'start', 'cem', '--definition', join(CHECKOUT, 'examples/definitions/score-v2.json')],
    ['replay', 'pause', 'cem'],
    ['replay', 'promote', 'cem', '--reason', 'because'],
  ])('%s ends with 4 and tells how to start one', async (...args) => {
    const { code, err } = await throughline(args, NOWHERE);
    expect(code).toBe(4);
    expect(err).toContain('No platform answers at http://127.0.0.1:9.');
    expect(err).toContain('npx throughline start');
  });

  test('simulate gives the same touchpoints for the same options, and ends quietly when nobody reads on', async () => {
    const args = ['simulate', '--customers', '50', '--days', '20', '--seed', '3'];
    const [first, second] = [await throughline(args), await throughline(args)];
    expect(first.out).toBe(second.out);
    const lines = first.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { data: { facts: { simulated: boolean } } });
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.every(({ data }) => data.facts.simulated)).toBe(true);

    const cut = commandLine(['simulate', '--customers', '2000', '--days', '100']);
    cut.stdout!.once('data', () => cut.stdout!.destroy());
    expect(await new Promise((resolve) => cut.once('exit', resolve))).toBe(0);
  });
});

const MAP = `
source: desk
zone: Europe/Berlin
touchpoints:
  - type: call.ended
    id: '{no}'
    time: { from: '{when}', format: dd.MM.yyyy HH:mm }
    channel: phone
    identifiers: { phone: '{phone}' }
    facts:
      outcome: { from: '{result}', map: { ok: answered, gone: abandoned } }
      talkSeconds: { from: '{length}', as: duration }
`;
const ROWS =
  'no;when;phone;result;length\n1;01.07.2026 09:30;+49 30 1234567;ok;6:12\n2;31.02.2026 09:30;+49 30 1234568;ok;1:00\n3;02.07.2026 10:00;+49 30 1234567;odd;x\n4;02.07.2026\n';

describe('With a platform', () => {
  const platform = new Platform();
  const file = (name: string, content: string) => {
    const path = join(platform.folder, name);
    writeFileSync(path, content);
    return path;
  };
  let map: string;
  beforeAll(async () => {
    await platform.start();
    map = file('desk.map.yaml', MAP.replace('source: desk', 'source: desk\ndelimiter: ;'));
  });
  afterAll(() => platform.stop());

  test('rows that cannot be mapped are told with reason and line, kept with their bytes, and can be put right', async () => {
    const { code, out } = await platform.run('import', file('desk.csv', ROWS), '--map', map, '--wait');
    expect(code).toBe(5);
    expect(out).toMatch(/accepted\s+1\n/);
    expect(out).toMatch(/quarantined\s+3 {2}3 that could not be mapped/);
    expect(out).toContain('touchpoints[0].time: the value is not a time in the format that the map names');
    expect(out).toContain('line 3');
    expect(out).toContain('the row has 2 columns, the header 5');
    expect(out).not.toContain('31.02.2026');

    const { items } = JSON.parse((await platform.run('quarantine', 'list', '--json')).out) as {
      items: { quarantineId: string }[];
    };
    expect(items).toHaveLength(3);
    const shown = await Promise.all(items.map(({ quarantineId }) => platform.run('quarantine', 'show', quarantineId)));
    const bad = items[shown.findIndex(({ out: text }) => text.includes('31.02.2026'))]!;
    expect(shown.some(({ out: text }) => text.includes('4;02.07.2026'))).toBe(true);

    const fixed = {
      source: 'desk',
      id: '2',
      type: 'call.ended',
      time: '2026-03-03T08:30:00Z',
      data: {
        channel: 'phone',
        identifiers: [{ type: 'phone', value: '+49301234568' }],
        facts: { outcome: 'answered', talkSeconds: 60 },
      },
    };
    const redriven = await platform.run(
      'quarantine',
      'redrive',
      bad.quarantineId,
      '--with',
      file('fixed.json', JSON.stringify(fixed)),
    );
    expect([redriven.code, redriven.out]).toEqual([0, expect.stringContaining('is accepted as touchpoint')]);
    expect((await platform.run('quarantine', 'redrive', bad.quarantineId)).code).toBe(0);

    // The export put right and sent again: what was redriven is recognised.
    const again = await platform.run(
      'import',
      file('desk.csv', ROWS.replace('31.02.2026', '03.03.2026').split('\n').slice(0, 3).join('\n')),
      '--map',
      map,
      '--json',
      '--wait',
    );
    expect([again.code, (JSON.parse(again.out) as { files: object[] }).files[0]]).toEqual([
      0,
      expect.objectContaining({ accepted: 0, duplicates: 2, quarantined: 0 }),
    ]);
    expect((await platform.run('quarantine', 'redrive', '--all')).code).toBe(5);
  });

  test('a customer is found by any identifier; nobody is an exit code of its own', async () => {
    const found = await platform.run('customer', 'phone:+49 30 1234567');
    expect([found.code, found.err]).toEqual([0, '']);
    expect(found.out).toContain('phone +49301234567');
    expect(found.out).not.toContain('\u001b[');
    for (const args of [
      ['customer', 'phone:+49 30 9999999'],
      ['explain', '0'.repeat(32)],
      ['metrics', 'no-such'],
      ['quarantine', 'show', '6f1c3a52-0c1e-5d5b-8f43-1d2f0a9f6d11'],
    ])
      expect((await platform.run(...args)).code).toBe(3);
  });

  test('a map that does not fit its file stops before anything is sent', async () => {
    const before = await platform.get('/projections');
    const { code, err } = await platform.run('import', file('other.csv', 'nr;when\n1;2\n'), '--map', map);
    expect(code).toBe(2);
    expect(err).toContain('desk.map.yaml:7: touchpoints[0].id: other.csv has no column `no`; did you mean `nr`?');
    expect(await platform.get('/projections')).toEqual(before);
  });

  test('a dry run prints touchpoints and sends nothing', async () => {
    const { code, out } = await throughline(['import', file('desk.csv', ROWS), '--map', map, '--dry-run'], NOWHERE);
    expect(code).toBe(0);
    expect(JSON.parse(out.split('\n')[0]!)).toMatchObject({
      type: 'call.ended',
      time: '2026-07-01T07:30:00.000Z',
      data: { facts: { talkSeconds: 372 } },
    });
  });

  test.each([
    ['projections'],
    ['metrics'],
    ['metrics', 'calls', '--by', 'outcome'],
    ['balance'],
    ['quarantine', 'list', '--state', 'all'],
  ])('%s answers as a table or as JSON', async (...args) => {
    const [text, json] = [await platform.run(...args), await platform.run(...args, '--json')];
    expect([text.code, json.code]).toEqual([0, 0]);
    expect(Math.max(...text.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(() => JSON.parse(json.out) as object).not.toThrow();
  });

  test('two platforms do not share a port or a log', async () => {
    const { port } = new URL(platform.url);
    const other = await throughline(['start', '--port', port, '--data', join(platform.folder, 'other')], {
      LOG_LEVEL: 'silent',
    });
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('port')]);
    const same = await throughline(['start', '--port', '0', '--data', join(platform.folder, 'data')], {
      LOG_LEVEL: 'silent',
    });
    expect([same.code, same.err]).toEqual([1, expect.stringContaining('Another process already writes to this log')]);
  });
});

describe('The demo', () => {
  const platform = new Platform();
  afterAll(() => platform.stop());

  test('shows one customer from both sides and the balance, serves until it is stopped, and continues from what is there', async () => {
    const args = ['demo', '--customers', '60', '--days', '60', '--port', '0', '--data', join(platform.folder, 'demo')];
    const text = await untilServing(args);
    for (const part of [
      'What they are to the company',
      'What the company is to them',
      'Why the score is',
      'The balance',
      'not enough evidence',
      'simulated people over 60 days',
    ])
      expect(text).toContain(part);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(readFileSync(join(platform.folder, 'demo/demo.json'), 'utf8')).toContain('"loaded":true');
    expect(await untilServing(args)).toContain('are there already');
  });
});

/** Runs until it serves, then stops it as Ctrl-C does. */
async function untilServing(args: readonly string[]): Promise<string> {
  const child = commandLine(args);
  child.stdout!.on('data', (text: Buffer) => {
    if (text.toString().includes('your own data')) child.kill('SIGINT');
  });
  const { code, out, err } = await ended(child);
  expect([code, err.includes('rror')]).toEqual([0, false]);
  return out;
}
