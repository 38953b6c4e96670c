/** A version is built, compared, promoted and taken back under load, through the front door: nobody who asks is failed, or told half of each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as rest } from 'node:timers/promises';
import { CHECKOUT, Platform, throughline, type Json } from './kit.ts';

jest.setTimeout(300_000);

/** Nothing new happens to these, so their answers change by what is promoted alone. */
const WATCHED = 12;
const QUERY_EVERY = 10;
const LOAD_EVERY = 100;
const LOAD_AT_ONCE = 100;

const SCORE_V2 = JSON.parse(readFileSync(join(CHECKOUT, 'examples/definitions/score-v2.json'), 'utf8')) as Json;
const AUTHOR = { author: 'ada@example.com', reason: 'waiting weighs more' };

interface Story {
  readonly replay: string;
  readonly position: string;
}

const platform = new Platform();
let history: readonly string[] = [];

beforeAll(async () => {
  const simulated = await throughline([
    'simulate',
    '--customers',
    '600',
    '--days',
    '60',
    '--seed',
    '11',
    '--until',
    '2026-01-01',
  ]);
  history = simulated.out.trim().split('\n');
  await platform.start();
  await intake(history);
  await caughtUp();
});
afterAll(() => platform.stop());

async function intake(lines: readonly string[]): Promise<void> {
  for (let from = 0; from < lines.length; from += 2000) {
    const answer = await fetch(`${platform.url}/touchpoints`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: lines.slice(from, from + 2000).join('\n'),
    });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  }
}

async function caughtUp(): Promise<void> {
  const { head } = await platform.get<{ head: string }>('/projections');
  await until('caught up', async () => {
    const { items } = await platform.get<{ items: { position: string }[] }>('/projections');
    return items.every(({ position }) => position >= head);
  });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await holds()) return;
    await rest(100);
  }
  throw new Error(`It never came to this: ${what}.`);
}

/** What cem says of each watched customer, one text each. */
async function shown(ids: readonly string[]): Promise<readonly string[]> {
  const answers = await Promise.all(ids.map((id) => platform.get<{ cem: Json }>(`/customers/${id}`)));
  return answers.map(({ cem }) => JSON.stringify(cem));
}

describe('A version beside the live one, while touchpoints and questions arrive', () => {
  test('start, compare, promote, roll back: no question fails, and each answer is of one version', async () => {
    const { items } = await platform.get<{ items: { id: string }[] }>('/customers', {
      where: 'cem.evidence=gt=1',
      sort: '-cem.evidence',
      limit: String(WATCHED),
    });
    const ids = items.map(({ id }) => id);
    expect(ids).toHaveLength(WATCHED);
    const before = await shown(ids);

    const over = new AbortController();
    const load = (async () => {
      for (let n = 0; !over.signal.aborted; n++) {
        const lines = Array.from({ length: LOAD_AT_ONCE }, (_, i) => arrival(n * LOAD_AT_ONCE + i));
        await intake(lines);
        await rest(LOAD_EVERY);
      }
    })();
    const told = ids.map(() => [] as string[]);
    const asked: Promise<void>[] = [];
    const asking = (async () => {
      for (let n = 0; !over.signal.aborted; n++) {
        const i = n % ids.length;
        asked.push(shown([ids[i]!]).then(([text]) => void told[i]!.push(text!)));
        if (asked.length >= 20) await Promise.all(asked.splice(0));
        await rest(QUERY_EVERY);
      }
      await Promise.all(asked);
    })();

    let after: readonly string[] = [];
    try {
      const { replay } = await platform.post<Story>('/projections/cem/replays', {
        ...AUTHOR,
        documents: { score: SCORE_V2 },
      });
      const state = async () => (await platform.get<{ state: string }>(`/projections/cem/replays/${replay}`)).state;
      await until('built', async () => (await state()) === 'built');
      expect(await shown(ids)).toEqual(before);

      await platform.post(`/projections/cem/replays/${replay}/diffs`, AUTHOR);
      let diff: { report?: { folded: { same: boolean }; customers: { changed: number; onlyIn: Json } } } = {};
      await until('compared', async () => {
        diff = await platform.get(`/projections/cem/replays/${replay}/diff`);
        return diff.report !== undefined;
      });
      expect(diff.report!.folded.same).toBe(true);
      expect(diff.report!.customers.changed).toBeGreaterThan(0);
      expect(diff.report!.customers.onlyIn).toMatchObject({ from: { n: 0 }, to: { n: 0 } });

      await platform.post('/projections/cem/promote', { ...AUTHOR, replay });
      await until('promoted', async () => (await shown(ids)).some((text, i) => text !== before[i]));
      after = await shown(ids);
      await rest(500);
      expect(await shown(ids)).toEqual(after);

      await platform.post('/projections/cem/rollback', { ...AUTHOR, reason: 'too early' });
      await until('rolled back', async () => (await shown(ids))[0] === before[0]);
      expect(await shown(ids)).toEqual(before);
      await until('everybody is asked for again', async () => told.every((answers, i) => answers.at(-1) === before[i]));
    } finally {
      over.abort();
      await Promise.all([load, asking]);
    }

    for (const [i, answers] of told.entries()) {
      const versions = answers.map((text) => (text === before[i] ? 'old' : text === after[i] ? 'new' : text));
      const turns = versions.filter((version, n) => n === 0 || version !== versions[n - 1]);
      expect(turns).toEqual(before[i] === after[i] ? ['old'] : ['old', 'new', 'old']);
    }
  });

  test('the story tells who promoted and rolled back, when and why; and figures say where the method changed', async () => {
    const versions = await platform.get('/projections/cem/versions');
    expect(JSON.stringify(versions)).toContain('waiting weighs more');
    expect(JSON.stringify(versions)).toContain('too early');
    const { methodChanges } = await platform.get<{ methodChanges: Json[] }>('/metrics/nps');
    expect(methodChanges).toHaveLength(2);
  });
});

/** A touchpoint of somebody whom nobody watches. */
function arrival(n: number): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `load-${n}`,
    source: 'load',
    type: 'page.viewed',
    time: new Date().toISOString(),
    data: { identifiers: [{ type: 'visitor', value: `load-${n % 500}` }], channel: 'web', facts: { path: '/' } },
  });
}
