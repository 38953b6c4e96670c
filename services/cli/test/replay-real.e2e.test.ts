/** The real exports, replayed with other score definitions: what the comparison says is what the files say. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ScoreDefinition } from '@throughline/cem';
import type { VersionDiff } from '@throughline/contracts';
import { setTimeout as rest } from 'node:timers/promises';
import { exportOf, FILES } from './bank-answers.ts';
import { DATA, Platform, whereDataIs } from './kit.ts';
import { bank, expectReplayAnswers, olist } from './replay-answers.ts';

jest.setTimeout(600_000);

const AUTHOR = { author: 'ada@example.com', reason: 'Everything here is years old.' };

const OLIST = [
  ['customers', 'customers'],
  ['orders', 'orders'],
  ['payments', 'order_payments'],
  ['reviews', 'order_reviews'],
].map(([map, file]) => [`olist/${map}`, join(DATA, 'olist_sample', `olist_${file}_dataset.csv`)] as const);
const BANK = FILES.map((name) => [`retail-bank/${name}`, exportOf(name)] as const);

whereDataIs.each([
  ['The shop', OLIST, olist],
  ['The bank', BANK, bank],
] as const)('%s', (_, files, of) => {
  const platform = new Platform();
  beforeAll(async () => {
    await platform.start();
    for (const [map, file] of files) await platform.import(map, file);
  });
  afterAll(() => platform.stop());

  test('replayed with a definition that remembers, and then with one that heeds more, moves as its files say', async () => {
    const data = of();
    const { one, more } = data.definitions;
    for (const [before, after] of [
      [undefined, one],
      [one, more],
    ] as const) {
      const replay = await built(platform, after);
      const report = await compared(platform, replay);
      expect(report.folded).toMatchObject({ same: true });
      await expectReplayAnswers(platform, data, before, after, report);
      await post(platform, '/projections/cem/promote', { replay });
    }
  });
});

async function built(platform: Platform, score: ScoreDefinition): Promise<string> {
  const { replay } = await post<{ replay: string }>(platform, '/projections/cem/replays', { documents: { score } });
  await until('built', async () => {
    const { state } = await platform.get<{ state: string }>(`/projections/cem/replays/${replay}`);
    if (state === 'failed') throw new Error('The replay failed.');
    return state === 'built' ? state : undefined;
  });
  return replay;
}

async function compared(platform: Platform, replay: string): Promise<VersionDiff> {
  await post(platform, `/projections/cem/replays/${replay}/diffs`, {});
  return until('compared', async () => {
    const { report, failed } = await platform.get<{ report?: VersionDiff; failed?: string }>(
      `/projections/cem/replays/${replay}/diff`,
    );
    if (failed !== undefined) throw new Error(`The comparison failed: ${failed}`);
    return report;
  });
}

const post = <T>(platform: Platform, path: string, body: object) => platform.post<T>(path, { ...AUTHOR, ...body });

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 1200; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await rest(100);
  }
  throw new Error(`It never came to this: ${what}.`);
}
