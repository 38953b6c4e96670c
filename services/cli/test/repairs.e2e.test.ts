/** What an engineer does about what cannot be folded, on a real platform with a real touchpoint that breaks its folds. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { touchpointStream } from '@throughline/contracts';
import { openLog } from '@throughline/event-log';
import { PROJECTION_NAMES } from '@throughline/projections';
import { Platform, type Json } from './kit.ts';

jest.setTimeout(180_000);

const POISON = '6f1c3a52-0c1e-4d5b-8f43-1d2f0a9f6d11';
const ADA = 'email:ada@example.com';
const call = (n: number) => ({
  id: `call-${n}`,
  source: 'repairs-test',
  type: 'call.ended',
  time: `2026-03-0${n}T10:00:00Z`,
  data: {
    channel: 'phone',
    identifiers: [{ type: 'email', value: 'ada@example.com' }],
    facts: { outcome: 'answered', waitSeconds: 30 * n },
  },
});

interface Answer {
  readonly position: string;
  readonly subjects?: number;
  readonly parked?: number;
}

let platform: Platform;
let ada: string;
beforeAll(async () => {
  platform = await new Platform().start();
  const body = [1, 2, 3].map((n) => JSON.stringify(call(n))).join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const answer = await fetch(`${platform.url}/touchpoints`, { method: 'POST', headers, body });
  const { accepted, position } = (await answer.json()) as { accepted: number; position: string };
  expect(accepted).toBe(3);
  ada = (JSON.parse((await platform.run('customer', ADA, '--json', '--after', position)).out) as { id: string }).id;
});
afterAll(() => platform.stop());

/** All that is shown of Ada, but for how far the views have come. */
async function shown(): Promise<Json> {
  const { position: _, ...customer } = await platform.get(`/customers/${ada}`);
  return customer;
}

async function json(...args: string[]): Promise<Answer> {
  const { code, out, err } = await platform.run(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}${out}`);
  return JSON.parse(out) as Answer;
}

/** Appends what intake would never have let through, as an older one may have done, while no platform runs. */
async function poison(): Promise<void> {
  await platform.kill();
  const log = await openLog({ dir: join(platform.folder, 'data', 'log') });
  const stream = touchpointStream(ada);
  const [expectedRevision] = await log.revisions([stream]);
  const data = { keys: [{ type: 'email', key: ada }], channel: 'phone', facts: null };
  const metadata = { source: 'repairs-test', sourceId: 'poison', receivedAt: '2026-03-04T10:00:00.000Z', schema: 1 };
  const event = { id: POISON, type: 'call.ended', occurredAt: Date.parse('2026-03-04T10:00:00Z'), data, metadata };
  const [result] = await log.append([{ stream, expectedRevision: expectedRevision!, events: [event] }]);
  expect(result!.ok).toBe(true);
  await log.close();
  await platform.start();
  await platform.get('/projections', { after: (result as Answer).position, timeout: '60000' });
}

describe('one customer', () => {
  test('is rebuilt from their own streams, and shows the same', async () => {
    const before = await shown();
    const { code, out } = await platform.run('customer', 'rebuild', ADA, '--wait', '--reason', 'to be sure');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`has been folded again from 1 subject: ${PROJECTION_NAMES.join(', ')}`),
    ]);
    const { subjects, position } = await json('customer', 'rebuild', ada, '--projection', 'cem', '--wait');
    expect(subjects).toBe(1);
    const { items } = await platform.get<{ items: { name: string; position: string }[] }>('/projections');
    expect(items.find(({ name }) => name === 'cem')!.position >= position).toBe(true);
    expect(await shown()).toEqual(before);
  });

  test('that there is not is not found', async () => {
    expect((await platform.run('customer', 'rebuild', 'f'.repeat(32))).code).toBe(3);
    expect((await platform.run('customer', 'rebuild', 'email:nobody@example.com')).code).toBe(3);
  });
});

describe('a touchpoint that breaks the folds', () => {
  let before: Json;
  beforeAll(async () => {
    before = await shown();
    await poison();
  });

  test('is parked and listed, and what was shown of its customer stays', async () => {
    const { incomplete, ...rest } = await shown();
    expect([incomplete, rest]).toEqual([true, before]);
    const { code, out } = await platform.run('parked', 'list', 'cem');
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(`cem: 1 parked[^]*${POISON} +call.ended +2026-03-04 +${ada} +TypeError at \\S+:\\d+:\\d+`),
    );
    expect(out).toContain('npx throughline parked redrive cem --all --wait');
    expect(out).not.toContain('example.com');
  });

  test('stays parked through a redrive while the code is as it was', async () => {
    const { code, out } = await platform.run('parked', 'redrive', 'cem', '--all', '--wait');
    expect([code, out]).toEqual([0, expect.stringMatching(/1 subject folded again\.\nStill parked: 1\./)]);
    expect(await json('parked', 'redrive', 'crm', POISON, '--wait')).toMatchObject({ subjects: 1, parked: 1 });
  });

  test('is cleared, and its customer is complete without it', async () => {
    for (const projection of ['crm', 'cem', 'balance'])
      expect(
        await json('parked', 'clear', projection, POISON, '--wait', '--reason', 'a test call, about nobody'),
      ).toMatchObject({ touchpoints: 1, parked: 0 });
    expect(await shown()).toEqual(before);
    expect((await platform.run('parked', 'list', 'cem')).out).toBe('cem: nothing is parked.\n');
    expect((await platform.run('parked', 'clear', 'cem', POISON, '--reason', 'again')).code).toBe(3);
    await platform.kill();
    await platform.start();
    expect(await shown()).toEqual(before);
  });
});
