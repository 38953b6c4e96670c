/** Replay through the front door, as docs/guides/replay.md walks through it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { VersionDiff } from '@throughline/contracts';
import { notPrinted, runStep, stepsOf } from './guide.ts';
import { CHECKOUT, Platform, throughline, type Json } from './kit.ts';

jest.setTimeout(300_000);

const SECOND = join(CHECKOUT, 'examples/definitions/score-v2.json');

async function fill(platform: Platform, customers: number, days: number): Promise<void> {
  await platform.start();
  const { out } = await throughline(['simulate', '--customers', `${customers}`, '--days', `${days}`, '--seed', '11']);
  const lines = out.trim().split('\n');
  for (let from = 0; from < lines.length; from += 2000) {
    const answer = await fetch(`${platform.url}/touchpoints`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.slice(from, from + 2000).join('\n'),
    });
    expect(answer.ok).toBe(true);
    await answer.arrayBuffer();
  }
  await upToDate(platform);
}

async function upToDate(platform: Platform): Promise<void> {
  const { head } = await platform.get<{ head: string }>('/projections');
  await platform.get('/projections', { after: head, timeout: '30000' });
}

describe('The guide to replay', () => {
  const platform = new Platform();
  beforeAll(() => fill(platform, 300, 60));
  afterAll(() => platform.stop());

  test('does as written, from the first command to the last', async () => {
    const steps = stepsOf('replay.md');
    expect(steps.length).toBeGreaterThan(12);
    for (const step of steps) {
      const ended = await runStep(step, { THROUGHLINE_URL: platform.url, THROUGHLINE_AUTHOR: 'ada' });
      const told = { command: step.command, code: ended.code, missing: notPrinted(step, ended) };
      if (ended.code !== step.code || told.missing.length > 0) console.error(ended.out, ended.err);
      expect(told).toEqual({ command: step.command, code: step.code, missing: [] });
    }
  });

  test('leaves figures that say where the method changed', async () => {
    const { out } = await platform.run('metrics', 'nps');
    expect(out).toMatch(/The method changed on \d{4}-\d\d-\d\d: waiting weighs more \(ada\)/);
    expect(out).toMatch(/The method was changed back on \d{4}-\d\d-\d\d: the call centre was not asked \(ada\)/);
  });
});

describe('Replay from the command line', () => {
  const platform = new Platform();
  beforeAll(() => fill(platform, 3000, 120));
  afterAll(() => platform.stop());

  test('nothing is open at first, and that is an exit code of its own', async () => {
    for (const command of ['pause', 'resume', 'cancel', 'diff'])
      expect(await platform.run('replay', command, 'cem')).toMatchObject({
        code: 3,
        err: expect.stringContaining('No replay of cem is open.\nStart one: npx throughline replay start cem'),
      });
    expect(await platform.run('replay', 'rollback', 'cem', '--reason', 'because')).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is none to go back to'),
    });
  });

  test('it is paused, goes on, is watched until it is built, and only one is open at a time', async () => {
    expect((await platform.run('replay', 'start', 'cem', '--definition', SECOND, '--workers', '1')).code).toBe(0);
    expect(await platform.run('replay', 'pause', 'cem', '--reason', 'lunch')).toMatchObject({
      code: 0,
      out: expect.stringContaining('rests; what is done is kept'),
    });
    expect((await platform.run('replay', 'status', 'cem')).out).toMatch(
      /paused[\s\S]+Go on: npx throughline replay resume cem/,
    );
    expect(await platform.run('replay', 'start', 'cem')).toMatchObject({
      code: 1,
      err: expect.stringContaining('A replay of this projection is open.'),
    });
    expect(await platform.run('replay', 'diff', 'cem')).toMatchObject({
      code: 1,
      err: expect.stringContaining('not built yet'),
    });
    expect((await platform.run('replay', 'resume', 'cem')).code).toBe(0);
    const watched = await platform.run('replay', 'status', '--watch');
    expect(watched).toMatchObject({ code: 0, out: expect.stringMatching(/cem +[0-9a-f]{16} +built/) });
    expect(watched.err).toMatch(/^cem [0-9a-f]{16} /);
  });

  test('what a diff says moved is what promotion moves', async () => {
    const scores = async () => {
      const found = new Map<string, Json>();
      let cursor: string | undefined;
      do {
        const page: { items: (Json & { id: string })[]; next?: string } = await platform.get('/customers', {
          where: 'cem.score=ge=0',
          limit: '200',
          ...(cursor === undefined ? {} : { cursor }),
        });
        for (const item of page.items) found.set(item.id, item);
        cursor = page.next;
      } while (cursor !== undefined);
      return found;
    };
    const before = await scores();
    const { code, out } = await platform.run('replay', 'diff', 'cem', '--json', '--fail-if', 'folded-differ');
    expect(code).toBe(0);
    const { report, exceeded } = JSON.parse(out) as { report: VersionDiff; exceeded: object[] };
    expect(exceeded).toEqual([]);
    expect((await platform.run('replay', 'promote', 'cem', '--reason', 'try')).code).toBe(0);
    await upToDate(platform);
    const after = await scores();
    const score = report.fields.find(({ field }) => field === 'cem.score')!;
    const scoreOf = (item: Json | undefined) => (item?.['fields'] as Json | undefined)?.['cem.score'];
    const both = [...before.keys()].filter((id) => after.has(id));
    expect(score).toMatchObject({
      n: both.length,
      changed: both.filter((id) => scoreOf(before.get(id)) !== scoreOf(after.get(id))).length,
      gained: after.size - both.length,
      lost: before.size - both.length,
    });
    for (const { customer, from, to } of score.movers)
      expect([scoreOf(before.get(customer)) ?? null, scoreOf(after.get(customer)) ?? null]).toEqual([from, to]);
    expect((await platform.run('replay', 'rollback', 'cem', '--reason', 'enough')).code).toBe(0);
  });

  test('a diff explains whom it moves most: parts that add up to how far, or the strongest of them', async () => {
    const { code, out, err } = await platform.run(
      'replay',
      'diff',
      'cem',
      '--top',
      '3',
      '--fail-if',
      'cem.score.changed>0%',
    );
    expect(code).toBe(6);
    expect(err).toMatch(/^cem\.score\.changed>0%: it is [\d.]+ %, more than 0 %\.\n/);
    expect(out).toMatch(/ {2}[0-9a-f]{32} {2}[\d.]+ → [\d.]+ {2}[−+][\d.]+\n +[−+][\d.]+ {2}.+ → /);
    expect(out).not.toContain('\u001b[');
    expect((await platform.run('replay', 'cancel', 'cem')).code).toBe(0);
  });

  test('a slice of the customers is compared, and never promoted', async () => {
    const started = await platform.run('replay', 'start', 'balance', '--sample', '1/16', '--wait', '--json');
    expect([started.code, JSON.parse(started.out)]).toMatchObject([0, { state: 'built', sample: { digits: 1 } }]);
    const { report } = JSON.parse((await platform.run('replay', 'diff', 'balance', '--json')).out) as {
      report: VersionDiff;
    };
    expect(report.customers).toMatchObject({ changed: 0, onlyIn: { from: { n: 0 }, to: { n: 0 } } });
    expect(report.customers.inBoth).toBeGreaterThan(0);
    expect(report.customers.inBoth).toBeLessThan((await platform.customers()) / 4);
    expect(await platform.run('replay', 'promote', 'balance', '--reason', 'all of it')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Only a sample'),
    });
    expect((await platform.run('replay', 'cancel', 'balance')).code).toBe(0);
  });

  test('a definition that its projection does not take is refused with the place in it, and nothing is open', async () => {
    const grid = join(platform.folder, 'bad.json');
    writeFileSync(grid, '{"signals":[],"name":"x"}');
    const { code, err } = await platform.run('replay', 'start', 'cem', '--definition', grid);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('The definition does not match its schema. version: expected a number'),
    ]);
    expect((await platform.run('replay', 'cancel', 'cem')).code).toBe(3);
  });

  test.each([['status'], ['status', 'cem'], ['versions', 'cem'], ['start', 'cem', '--dry-run']])(
    'replay %s answers as text of at most 100 columns, or as JSON',
    async (...args) => {
      const [text, json] = [await platform.run('replay', ...args), await platform.run('replay', ...args, '--json')];
      expect([text.code, json.code]).toEqual([0, 0]);
      expect(Math.max(...text.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
      expect(() => JSON.parse(json.out) as object).not.toThrow();
    },
  );
});
