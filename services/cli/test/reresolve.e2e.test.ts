/** Identity by other rules, on a real platform: whom they split and merge, what readers are given, and the way back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { IdentityDiff } from '@throughline/contracts';
import { CHECKOUT, Platform, type Ended, type Json } from './kit.ts';

jest.setTimeout(180_000);

const EXAMPLE = join(CHECKOUT, 'examples/definitions/identity-rules-v2.json');

const seen = (id: string, day: number, ...identifiers: readonly (readonly [type: string, value: string])[]) => ({
  id,
  source: 'reresolve-test',
  type: 'call.ended',
  time: `2026-03-0${day}T10:00:00Z`,
  data: {
    channel: 'phone',
    identifiers: identifiers.map(([type, value]) => ({ type, value })),
    facts: { outcome: 'answered', waitSeconds: 30 },
  },
});

/** One phone for Anna and Ben; one browser for Clara and Dan. */
const HISTORY = [
  seen('1', 1, ['email', 'anna@example.com'], ['phone', '+493012345678']),
  seen('2', 2, ['email', 'ben@example.com'], ['phone', '+493012345678']),
  seen('3', 3, ['email', 'clara@example.com'], ['visitor', 'browser-1']),
  seen('4', 4, ['email', 'dan@example.com'], ['visitor', 'browser-1']),
  seen('5', 5, ['email', 'eve@example.com']),
];

const platform = new Platform({ THROUGHLINE_AUTHOR: 'ada' });
/** In which a phone joins nobody, and a browser does. */
let rules: string;

async function send(touchpoints: readonly object[]): Promise<string> {
  const answer = await fetch(`${platform.url}/touchpoints`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: touchpoints.map((touchpoint) => JSON.stringify(touchpoint)).join('\n'),
  });
  const { accepted, position } = (await answer.json()) as { accepted: number; position: string };
  expect(accepted).toBe(touchpoints.length);
  return position;
}

beforeAll(async () => {
  await platform.start();
  await platform.get('/projections', { after: await send(HISTORY), timeout: '30000' });
  const example = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as Json & { types: Json };
  rules = join(platform.folder, 'rules.json');
  const visitor = { kind: 'person', priority: 6 };
  writeFileSync(rules, JSON.stringify({ ...example, types: { ...example.types, visitor } }));
});
afterAll(() => platform.stop());

const KEYS = ['anna', 'ben', 'clara', 'dan', 'eve'].map((name) => `email:${name}@example.com`);

/** The customers of the five, and of the phone. */
async function ids(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const identifier of [...KEYS, 'phone:+493012345678']) {
    const { items } = await platform.get<{ items: { id: string }[] }>('/customers', { identifier });
    expect(items).toHaveLength(1);
    found.push(items[0]!.id);
  }
  return found;
}

/** Who stands with whom, each by the first of theirs; the phone last. */
async function together(): Promise<string> {
  const found = await ids();
  return found.map((id) => 'abcde'[found.indexOf(id)]).join('');
}

/** Readers go over once every view has been kept by the other rules. */
async function until(expected: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await together()) !== expected) {
    if (Date.now() > deadline) throw new Error(`They stand as ${await together()}, and not as ${expected}.`);
    await sleep(200);
  }
}

const reportOf = ({ out }: Ended) => (JSON.parse(out) as { report: IdentityDiff }).report;

describe('identity by other rules', () => {
  test('rules that cannot be read start nothing, and name the place', async () => {
    const wrong = join(platform.folder, 'wrong.json');
    writeFileSync(wrong, JSON.stringify({ ...(JSON.parse(readFileSync(rules, 'utf8')) as Json), maxKeys: 1 }));
    expect(await platform.run('identity', 'reresolve', '--rules', wrong)).toMatchObject({
      code: 2,
      err: expect.stringContaining('maxKeys: expected a number from 2'),
    });
    expect(await platform.run('identity', 'reresolve', '--rules', rules, '--fail-if', 'changed>0')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Possible are: split>0'),
    });
    expect(await platform.run('replay', 'diff', 'identity')).toMatchObject({
      code: 3,
      err: expect.stringContaining('Start one: npx throughline identity reresolve --rules'),
    });
  });

  test('it is resolved anew beside the live one, and its report tells whom that splits and merges', async () => {
    expect(await together()).toBe('aacdea');
    const asked = ['--rules', rules, '--reason', 'households share phones', '--fail-if', 'split>0', '--json'];
    const ended = await platform.run('identity', 'reresolve', ...asked);
    expect(ended).toMatchObject({ code: 6, err: expect.stringContaining('split>0: it is 1, more than 0.') });
    const [anna, , clara] = await ids();
    expect(reportOf(ended)).toMatchObject({
      kind: 'identity',
      from: 'v1',
      to: 'v2',
      keys: 6,
      moved: 6,
      customers: { from: 2, to: 2 },
      split: 1,
      merged: 1,
      largest: { from: { customer: anna, keys: 3 }, to: { customer: clara, keys: 3 } },
      refused: [{ reason: 'shared', from: 1, to: 1 }],
      examples: { split: [{ customer: anna, keys: 3, parts: 2 }], merged: [{ customer: clara, keys: 3, parts: 2 }] },
    });
    expect(await together()).toBe('aacdea');
  });

  test('what arrives meanwhile is in the next report, which is told as text too', async () => {
    await send([seen('6', 6, ['email', 'eve@example.com'], ['visitor', 'browser-1'])]);
    const { code, out, err } = await platform.run('replay', 'diff', 'identity');
    expect(code).toBe(0);
    expect(out).toMatch(/keys +7 stand with others: 7 moved/);
    expect(out).toMatch(/merged +1 customer would be made of several/);
    expect(out).toMatch(/shared +2 +1 +−1 +a device would make two people one/);
    expect(out).toMatch(/The largest that are merged {2}1 of 1\ncustomer +keys +of\n[0-9a-f]{32} +4 +3: 2 \+ 1 \+ 1/);
    expect(err).toContain('npx throughline replay promote identity --reason');
  });

  test('readers are given it once it is promoted, and the one before again after a rollback', async () => {
    const promoted = await platform.run('replay', 'promote', 'identity', '--reason', 'households share phones');
    expect(promoted).toMatchObject({ code: 0, out: expect.stringContaining('v2') });
    await until('abccca');
    expect(await platform.customers()).toBe(3);
    const rolledBack = await platform.run('replay', 'rollback', 'identity', '--reason', 'the shop was not asked');
    expect(rolledBack).toMatchObject({ code: 0, out: expect.stringContaining('v1') });
    await until('aacdea');
    expect(await platform.customers()).toBe(4);
    const story = await platform.run('replay', 'versions', 'identity');
    expect(story.out).toMatch(/households share phones[\s\S]+rolled back: the shop was/);
  });
});
