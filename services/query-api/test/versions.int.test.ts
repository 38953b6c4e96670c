import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SCORE_V1, cemProjection } from '@throughline/cem';
import { DEFAULT_COMPANY, versionOf, type JsonObject, type Position } from '@throughline/contracts';
import { PROJECTION_NAMES } from '@throughline/projections';
import { GRID_V1 } from '@throughline/balance';
import { email, worldWhere, type Body, type Happened, type World } from './world.ts';

const ADA = email('ada@example.com');
const BOB = email('bob@example.com');
const EVE = email('eve@example.com');
const HAPPENED: readonly Happened[] = [ADA, BOB, EVE].flatMap((to, i) => [
  {
    to,
    type: 'order.placed',
    at: `2026-03-0${i + 1}T10:00:00Z`,
    channel: 'web',
    facts: { orderId: `o${i}`, amount: { minor: 12_000, currency: 'EUR' } },
  },
  {
    to,
    type: 'call.ended',
    at: `2026-04-0${i + 1}T10:00:00Z`,
    channel: 'phone',
    facts: { outcome: 'answered', waitSeconds: 400 * (i + 1), talkSeconds: 60 },
  },
]);

const SCORE = JSON.parse(
  readFileSync(new URL('../../../examples/definitions/score-v2.json', import.meta.url), 'utf8'),
) as JsonObject;
const SCORE_NAMED = { score: { name: SCORE['name'], version: SCORE['version'], shipped: false } };
const SHIPPED = versionOf(cemProjection(DEFAULT_COMPANY));
const OTHER = versionOf(cemProjection(DEFAULT_COMPANY, { score: SCORE }));
const asked = { author: 'grace', reason: 'Waiting weighs more.' };

let world: World;
beforeEach(async () => {
  world = await worldWhere(
    HAPPENED,
    [ADA, BOB, EVE].map((key) => [key]),
  );
});
afterEach(() => world.close());

const get = async (path: string): Promise<Body> => (await world.get(path)).body;
const refusal = async (path: string) => {
  const { status, body } = await world.get(path);
  return [status, body.code, body.detail];
};

/** A reader sees a promotion within this time. */
const seen = () => new Promise((resolve) => setTimeout(resolve, 250));

function start(more: JsonObject = {}): string {
  return world.tell('cem', 'replay.requested', {
    version: OTHER,
    documents: { score: SCORE },
    source: 'copy',
    ...asked,
    ...more,
  });
}

function builtTo(replay: string, more: JsonObject = {}): void {
  const tally = { touchpoints: 6, ids: '0'.repeat(32) };
  const data = { replay, version: OTHER, through: world.end, tally, customers: 3, seconds: 2, ...more };
  world.tell('cem', 'replay.built', data);
}

async function promoted(): Promise<string> {
  const replay = start();
  await world.build('cem', { score: SCORE });
  builtTo(replay);
  world.tell('cem', 'version.promoted', { from: SHIPPED, to: OTHER, documents: { score: SCORE }, replay, ...asked });
  await world.promote('cem', OTHER);
  await seen();
  return replay;
}

describe('a version that is promoted', () => {
  test('is what every question is answered from, by its own definitions', async () => {
    const before = await get(`/customers/${EVE.key}`);
    await promoted();
    const after = await get(`/customers/${EVE.key}`);
    expect(before.cem.definition).not.toEqual(after.cem.definition);
    expect(after.cem.score).not.toEqual(before.cem.score);
    const explained = await get(`/customers/${EVE.key}/explain`);
    expect([explained.definition, explained.score]).toEqual([after.cem.definition, after.cem.score]);
    const [item] = (await get('/customers?where=cem.score=ge=0&sort=cem.score')).items;
    expect(item.fields['cem.score']).toBe(Math.round((await get(`/customers/${item.id}`)).cem.score));
  });

  test('can be told apart from the one before it, customer by customer', async () => {
    const before = await get(`/customers/${EVE.key}/explain`);
    await promoted();
    const after = await get(`/customers/${EVE.key}/explain`);
    expect(await get(`/customers/${EVE.key}/explain?version=${SHIPPED}`)).toEqual(before);
    expect(await get(`/customers/${EVE.key}/explain?version=${OTHER}`)).toEqual(after);
    expect(after.score).not.toEqual(before.score);
    expect(await refusal(`/customers/${EVE.key}/explain?version=..`)).toEqual([
      404,
      'not-found',
      expect.stringMatching(/No such version of cem/),
    ]);
    expect((await refusal(`/customers/${'0'.repeat(32)}/explain?version=${SHIPPED}`))[1]).toBe('customer-not-found');
  });

  test('shows the grid by its own lines', async () => {
    const grid = { ...GRID_V1, version: 2, value: { ...GRID_V1.value, mid: 1, high: 2 } } as unknown as JsonObject;
    const version = await world.build('balance', { grid });
    expect((await get('/balance')).definition.version).toBe(1);
    await world.promote('balance', version);
    await seen();
    const { definition, cells, unknown } = await get('/balance');
    expect(definition).toEqual(grid);
    const high = cells.filter((cell: Body) => cell.value === 'high');
    const n = (counted: Body[]) => counted.reduce((sum, { customers }) => sum + customers, 0);
    expect(n(high) + n(unknown)).toBe(3);
    expect((await get(`/customers/${ADA.key}`)).balance.value.band).toBe('high');
  });

  test('does not change what a cursor goes through, as long as the version before is kept', async () => {
    const all = (await get('/customers?sort=cem.score')).items;
    const first = await get('/customers?sort=cem.score&limit=1');
    const other = (await promoted(), (await get('/customers?sort=cem.score')).items);
    expect(other).not.toEqual(all);
    const second = await get(`/customers?sort=cem.score&limit=1&cursor=${first.next}`);
    const third = await get(`/customers?sort=cem.score&limit=1&cursor=${second.next}`);
    expect([...first.items, ...second.items, ...third.items]).toEqual(all);
    await world.shelves.cem.remove(SHIPPED);
    expect(await refusal(`/customers?sort=cem.score&limit=1&cursor=${first.next}`)).toEqual([
      400,
      'invalid-query',
      expect.stringMatching(/no longer kept. Start without it/),
    ]);
  });

  test('is said with every metric of its view, and with no other’s', async () => {
    expect((await get('/metrics/nps')).methodChanges).toEqual([]);
    const replay = await promoted();
    const back = { from: OTHER, to: SHIPPED, documents: {}, author: 'ada', reason: 'Too harsh.' };
    world.tell('cem', 'version.rolled-back', back);
    expect((await get('/metrics/nps')).methodChanges).toEqual([
      { at: '2026-06-01T00:00:02.000Z', from: SHIPPED, to: OTHER, by: 'promotion', ...asked },
      { at: '2026-06-01T00:00:03.000Z', from: OTHER, to: SHIPPED, by: 'rollback', author: 'ada', reason: 'Too harsh.' },
    ]);
    expect((await get('/metrics/balance-grid')).methodChanges).toEqual([]);
    expect(replay).toBeDefined();
  });

  test.each([
    `/customers/${EVE.key}`,
    `/customers/${EVE.key}/explain`,
    `/customers/${EVE.key}/timeline`,
    '/customers?identifier=email:eve@example.com',
    '/customers?where=cem.score=ge=0&sort=-crm.orders&limit=1',
    '/metrics/nps?by=channel',
    '/balance',
    '/projections',
  ])('is found out once for each view that %s reads', async (path) => {
    const { next } = await get(path);
    const pinned = world.pins.splice(0);
    expect(pinned.length).toBeGreaterThan(0);
    expect(pinned).toEqual([...new Set(pinned)]);
    if (!next) return;
    await get(`${path}&cursor=${next}`);
    expect(world.pins).toEqual([...new Set(world.pins)]);
  });

  test('mixes no answer, whenever it comes', async () => {
    await world.build('cem', { score: SCORE });
    const pure = new Map<string, Body>();
    for (const version of [SHIPPED, OTHER]) {
      await world.promote('cem', version);
      await seen();
      const { cem } = await get(`/customers/${EVE.key}`);
      pure.set(cem.definition, cem);
    }
    expect(pure.size).toBe(2);
    const met = new Set<string>();
    for (let round = 0; round < 4; round++) {
      await world.promote('cem', round % 2 === 0 ? SHIPPED : OTHER);
      const until = Date.now() + 300;
      while (Date.now() < until) {
        const answers = await Promise.all(Array.from({ length: 4 }, () => get(`/customers/${EVE.key}`)));
        for (const { cem } of answers) {
          expect(cem).toEqual(pure.get(cem.definition));
          met.add(cem.definition);
        }
      }
    }
    expect(met.size).toBe(2);
  });
});

describe('a customer as one projection has them', () => {
  const of = (projection: string, rest: string) => `/projections/${projection}/customers/${rest}`;

  test.each(['crm', 'cem', 'balance'])('is what %s adds to the customer', async (projection) => {
    const customer = await get(`/customers/${ADA.key}`);
    expect(await get(of(projection, ADA.key))).toEqual({
      id: ADA.key,
      keys: [ADA],
      projection,
      version: expect.stringMatching(/^[0-9a-f]{16}$/),
      view: customer[projection],
      position: customer.position,
    });
  });

  test('is by the version that is live, or by one that is named', async () => {
    await world.build('cem', { score: SCORE });
    const [live, other] = [await get(of('cem', ADA.key)), await get(of('cem', `${ADA.key}?version=${OTHER}`))];
    expect([live.version, other.version]).toEqual([SHIPPED, OTHER]);
    expect(other.view.score).not.toEqual(live.view.score);
    await world.promote('cem', OTHER);
    await seen();
    expect(await get(of('cem', ADA.key))).toEqual(other);
    expect(await get(of('cem', `${ADA.key}?version=${SHIPPED}`))).toEqual(live);
  });

  test.each([
    ['nobody', of('cem', '0'.repeat(32)), 404, 'customer-not-found'],
    ['what is no id', of('cem', 'ada'), 404, 'customer-not-found'],
    ['a projection that there is not', of('none', ADA.key), 404, 'not-found'],
    ['a projection that there is not, once it has come far enough', of('none', `${ADA.key}?after=0`), 404, 'not-found'],
    ['a version that is not kept', of('cem', `${ADA.key}?version=${'0'.repeat(16)}`), 404, 'not-found'],
    ['what is no version', of('cem', `${ADA.key}?version=latest`), 400, 'invalid-query'],
  ])('is not that of %s', async (_, path, status, code) => {
    expect((await refusal(path)).slice(0, 2)).toEqual([status, code]);
  });
});

describe('the story of a projection', () => {
  test('of which nothing was ever asked is that of the shipped definitions', async () => {
    expect(await get('/projections/cem/versions')).toEqual({
      projection: 'cem',
      live: SHIPPED,
      items: [
        {
          version: SHIPPED,
          role: 'live',
          does: 'follow',
          documents: { score: { name: SCORE_V1.name, version: SCORE_V1.version, shipped: true } },
          since: null,
          replay: null,
          bytes: expect.any(Number),
        },
      ],
      reigns: [
        {
          version: null,
          documents: { score: { name: SCORE_V1.name, version: 1, shipped: true } },
          from: null,
          until: null,
          by: 'shipped',
          author: null,
          reason: null,
          position: null,
        },
      ],
      events: [],
    });
  });

  test('tells who gave readers what, when and why, and no definition in full', async () => {
    const replay = await promoted();
    const { live, items, reigns, events } = await get('/projections/cem/versions');
    expect(live).toBe(OTHER);
    expect(items).toMatchObject([
      { version: OTHER, role: 'live', documents: SCORE_NAMED, replay, since: '2026-06-01T00:00:02.000Z' },
      { version: SHIPPED, role: 'previous', replay: null },
    ]);
    expect(items.every(({ bytes }: Body) => bytes > 0)).toBe(true);
    expect(reigns).toMatchObject([
      { version: SHIPPED, from: null, until: '2026-06-01T00:00:02.000Z', by: 'shipped' },
      { version: OTHER, from: '2026-06-01T00:00:02.000Z', until: null, by: 'promotion', ...asked },
    ]);
    expect(events.map(({ type }: Body) => type)).toEqual(['replay.requested', 'replay.built', 'version.promoted']);
    expect(events[0].data.documents).toEqual(SCORE_NAMED);
    expect(JSON.stringify(events)).not.toContain('signals');
  });

  test.each(['versions', 'replays', 'replays/estimate'])('of no projection has no %s', async (what) => {
    for (const name of ['sales', '__proto__'])
      expect(await refusal(`/projections/${name}/${what}`)).toEqual([
        404,
        'not-found',
        expect.stringContaining(PROJECTION_NAMES.join(', ')),
      ]);
  });
});

describe('a replay', () => {
  test('tells how far it is, as its builder says', async () => {
    expect((await get('/projections/cem/replays')).items).toEqual([]);
    const replay = start({ workers: 2, sample: { digits: 1 } });
    const before = await get(`/projections/cem/replays/${replay}`);
    expect(before).toMatchObject({ errors: [], parked: 0, state: 'building', version: OTHER, documents: SCORE_NAMED });
    expect(before).toMatchObject({ workers: 2, sample: { digits: 1 }, source: 'copy', ...asked });
    expect(before).not.toHaveProperty('progress');
    expect(Object.keys(before)[0]).toBe('errors');
    await world.build('cem', { score: SCORE });
    const progress = { stage: 'fold', done: 3, of: 6, rate: 100, secondsLeft: 1, parked: 2, resting: false };
    await world.shelves.cem.say(OTHER, progress);
    expect(await get(`/projections/cem/replays/${replay.toUpperCase()}`)).toEqual({ ...before, parked: 2, progress });
    expect((await get('/projections')).items[1].versions).toEqual([
      { version: SHIPPED, role: 'live', does: 'follow' },
      { version: OTHER, role: 'candidate', does: 'build' },
    ]);
  });

  test('that failed says so first, and with what', async () => {
    const replay = start();
    const failed = { code: 'replay-failed', detail: 'What was folded of the shards 0f is not what the log holds.' };
    world.tell('cem', 'replay.failed', { replay, ...failed });
    expect(await get(`/projections/cem/replays/${replay}`)).toMatchObject({ state: 'failed', errors: [failed] });
  });

  test('that is built tells what was built, and how far it follows', async () => {
    const replay = start();
    await world.build('cem', { score: SCORE });
    builtTo(replay);
    expect(await get(`/projections/cem/replays/${replay}`)).toMatchObject({
      state: 'built',
      built: { version: OTHER, through: world.end, touchpoints: 6, customers: 3, seconds: 2 },
      follows: { position: world.end, lag: { caughtUp: true } },
    });
  });

  test('is listed with those before it, newest first', async () => {
    const first = start();
    world.tell('cem', 'replay.cancelled', { replay: first, ...asked });
    const second = start({ version: `${OTHER}.2` });
    const { items } = await get('/projections/cem/replays');
    expect(items).toMatchObject([
      { replay: second, state: 'building', version: `${OTHER}.2` },
      { replay: first, state: 'cancelled', version: OTHER },
    ]);
  });

  test.each(['00000000-0000-4000-8000-0000000000ff', 'none'])('%s that nobody started is not found', async (replay) => {
    for (const path of [replay, `${replay}/diff`])
      expect(await refusal(`/projections/cem/replays/${path}`)).toEqual([
        404,
        'not-found',
        expect.stringMatching(/no such replay/),
      ]);
  });
});

describe('a comparison', () => {
  const path = (replay: string, query = '') => `/projections/cem/replays/${replay}/diff${query}`;
  let replay: string;
  beforeEach(() => {
    replay = start();
    builtTo(replay);
  });
  const request = () => world.tell('cem', 'diff.requested', { replay, from: SHIPPED, to: OTHER, ...asked });

  test('that nobody asked for is not found', async () => {
    expect(await refusal(path(replay))).toEqual([404, 'not-found', expect.stringMatching(/No comparison was asked/)]);
  });

  test('is waited for until it is made, and no longer than told', async () => {
    const diff = request();
    expect(await get(path(replay))).toMatchObject({ diff, replay, from: SHIPPED, to: OTHER, state: 'comparing' });
    expect(await get(path(replay, '?wait=1'))).not.toHaveProperty('report');
    let answered = false;
    const answer = get(path(replay, '?wait=60')).then((body) => ((answered = true), body));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toBe(false);
    const report = { projection: 'cem', fields: [{ field: 'cem.score', n: 3 }] };
    world.tell('cem', 'diff.made', { diff, report });
    expect(await answer).toMatchObject({ diff, state: 'made', report });
    expect(await get(`/projections/cem/replays/${replay}`)).toMatchObject({ diff: { diff, state: 'made' } });
    expect(JSON.stringify(await get('/projections/cem/versions'))).not.toContain('"fields"');
  });

  test('that failed says why; the latest counts', async () => {
    world.tell('cem', 'diff.made', { diff: request(), failed: 'diff-failed' });
    expect(await get(path(replay))).toMatchObject({ state: 'failed', failed: 'diff-failed' });
    const second = request();
    expect(await get(path(replay))).toMatchObject({ diff: second, state: 'comparing' });
  });

  test('keeps no service from ending', async () => {
    request();
    const waiting = world.get(path(replay, '?wait=60'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await world.app.close();
    expect((await waiting).body.state).toBe('comparing');
  });

  test.each(['wait=61', 'wait=-1', 'wait=soon', 'patience=1'])('asked for with %s is refused', async (query) => {
    request();
    expect((await refusal(path(replay, `?${query}`))).slice(0, 2)).toEqual([400, 'invalid-query']);
  });
});

describe('an estimate', () => {
  const path = '/projections/cem/replays/estimate';

  test('without anything to go by counts, and tries', async () => {
    const { touchpoints, seconds, bytes, workers, position } = await get(`${path}?workers=1`);
    expect([workers, position]).toEqual([1, world.end]);
    expect(touchpoints).toMatchObject({ value: 6, from: 'counted' });
    expect(seconds).toMatchObject({
      value: expect.any(Number),
      from: 'trial',
      how: expect.stringMatching(/^No replay/),
    });
    expect(seconds.value).toBeGreaterThan(0);
    expect(bytes).toMatchObject({ from: 'live-version' });
    expect(bytes.value).toBe(await world.shelves.cem.bytes(SHIPPED));
  });

  test('goes by the last replay of everyone that was large enough, reckoned to the threads asked for', async () => {
    const large = { tally: { touchpoints: 1_000_000, ids: '0'.repeat(32) }, seconds: 20 };
    const replay = start({ workers: 2 });
    builtTo(replay, large);
    world.tell('cem', 'replay.cancelled', { replay, ...asked });
    const sample = start({ workers: 2, sample: { digits: 1 } });
    builtTo(sample, { ...large, seconds: 1 });
    world.tell('cem', 'replay.cancelled', { replay: sample, ...asked });
    builtTo(start({ workers: 2 }));
    const { seconds } = await get(`${path}?workers=1`);
    expect(seconds).toEqual({
      value: 0.00024,
      from: 'last-build',
      how: 'The last replay that was built took 50000 touchpoints a second, reckoned from 2 to 1 threads.',
    });
  });

  test('goes by what the live version has tallied, where it has, and by what came since', async () => {
    const tally = { touchpoints: 4, ids: '0'.repeat(32) };
    const reached = { tally, position: '0000000000000004' as Position };
    const tallied = await worldWhere(HAPPENED, [[ADA], [BOB], [EVE]], reached);
    try {
      const { touchpoints, seconds } = (await tallied.get(path)).body;
      expect(touchpoints).toMatchObject({ value: 6, from: 'live-tally' });
      expect(seconds.from).toBe('trial');
    } finally {
      await tallied.close();
    }
  });

  test('of a sample needs its share of the disk', async () => {
    const { sample, bytes, seconds } = await get(`${path}?digits=4`);
    expect(sample).toEqual({ digits: 4 });
    expect(bytes.value).toBe((await world.shelves.cem.bytes(SHIPPED))! / 4);
    expect(seconds.how).toMatch(/sample/);
  });

  test.each(['workers=0', 'workers=many', 'digits=16', 'digits=0'])('with %s is refused', async (query) => {
    expect((await refusal(`${path}?${query}`)).slice(0, 2)).toEqual([400, 'invalid-query']);
  });
});
