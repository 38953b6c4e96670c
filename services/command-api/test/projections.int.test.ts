import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SCORE_V1, cemProjection } from '@throughline/cem';
import { DEFAULT_COMPANY, versionOf, type JsonObject, type VersionEventType } from '@throughline/contracts';
import { DEFAULT_RULES } from '@throughline/identity';
import { PROJECTION_NAMES } from '@throughline/projections';
import { VERSION_REFUSALS } from '@throughline/versions';
import { openDesk, type Answer, type Desk } from './desk.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const author = 'grace';
const SCORE = JSON.parse(
  readFileSync(new URL('../../../examples/definitions/score-v2.json', import.meta.url), 'utf8'),
) as JsonObject;
const SHIPPED = versionOf(cemProjection(DEFAULT_COMPANY));
const OTHER = versionOf(cemProjection(DEFAULT_COMPANY, { score: SCORE }));
const ID = '7f1d5d4e-9d53-4a2b-8c55-0d6b8c1d2e3f';

async function events(projection = 'cem') {
  const all = [];
  for await (const event of desk.log.readStream(`projection-${projection}`)) all.push(event);
  return all;
}

/** What the projection's own process tells. */
let told = 0;
async function tell(type: VersionEventType, data: JsonObject) {
  const id = `00000000-0000-4000-9000-${String((told += 1)).padStart(12, '0')}`;
  const expectedRevision = (await events()).length - 1;
  const event = { id, type, occurredAt: told, data, metadata: {} };
  expect(await desk.log.append([{ stream: 'projection-cem', expectedRevision, events: [event] }])).toMatchObject([
    { ok: true },
  ]);
}

const start = (more: object = {}) =>
  desk.post('/projections/cem/replays', { documents: { score: SCORE }, author, ...more });

async function built(more: object = {}): Promise<string> {
  const { body } = await start(more);
  const tally = { touchpoints: 3, ids: '0'.repeat(32) };
  const what = { version: body.version, through: '0a', tally, customers: 2, seconds: 1 };
  await tell('replay.built', { replay: body.replay, ...what });
  return body.replay;
}

function refusal({ status, body }: Answer) {
  return [status, body.code, body.detail];
}

describe('a replay', () => {
  test('is in the log when answered, whole, and named by what it is built of', async () => {
    const { status, body } = await start({ reason: 'Waiting weighs more.', workers: 2, sample: { digits: 4 } });
    expect(status).toBe(202);
    const [event] = await events();
    expect(event).toMatchObject({ id: body.replay, type: 'replay.requested', position: body.position });
    expect(event!.data).toEqual({
      version: OTHER,
      documents: { score: SCORE },
      sample: { digits: 4 },
      source: 'copy',
      workers: 2,
      author,
      reason: 'Waiting weighs more.',
    });
    expect(body.version).toBe(OTHER);
    expect(event!.metadata['$correlationId']).toEqual(expect.any(String));
  });

  test('of the live definitions is a build beside the live one', async () => {
    const { body } = await desk.post('/projections/cem/replays', { author });
    expect(body.version).toBe(`${SHIPPED}.2`);
  });

  test('sent again is the same; another under its id is refused', async () => {
    const first = await start({ id: ID.toUpperCase() });
    expect(await start({ id: ID })).toEqual(first);
    expect(await events()).toHaveLength(1);
    expect(refusal(await start({ id: ID, workers: 3 }))).toEqual([
      409,
      'cannot-replay',
      expect.stringMatching(/under this id/),
    ]);
  });

  test('whose id stands elsewhere in the log is refused', async () => {
    await start({ id: ID });
    expect(refusal(await desk.post('/projections/crm/replays', { id: ID, author }))).toEqual([
      409,
      'cannot-replay',
      expect.stringMatching(/under this id/),
    ]);
  });

  test('beside an open one is refused, and another projection’s is not', async () => {
    await start();
    expect(refusal(await start())).toEqual([409, 'cannot-replay', expect.stringMatching(/is open/)]);
    expect((await desk.post('/projections/balance/replays', { documents: { score: SCORE }, author })).status).toBe(202);
  });

  test('is paused, resumed and cancelled, each as often as anybody likes', async () => {
    const { replay } = (await start()).body;
    const at = (what: string) => desk.post(`/projections/cem/replays/${replay}/${what}`, { author });
    expect(await at('pause')).toMatchObject({ status: 202, body: { replay, state: 'paused' } });
    const again = await at('pause');
    expect(again).toMatchObject({ status: 202, body: { state: 'paused', position: (await events())[1]!.position } });
    expect((await at('resume')).body.state).toBe('building');
    expect((await at('cancel')).body.state).toBe('cancelled');
    expect((await at('cancel')).status).toBe(202);
    expect(refusal(await at('resume'))).toEqual([409, 'cannot-replay', expect.stringMatching(/was cancelled/)]);
    expect((await events()).map(({ type }) => type)).toEqual([
      'replay.requested',
      'replay.paused',
      'replay.resumed',
      'replay.cancelled',
    ]);
  });

  test.each(['7f1d5d4e-9d53-4a2b-8c55-0d6b8c1d2e30', 'none'])('%s that nobody started is not found', async (replay) => {
    for (const what of ['pause', 'diffs'])
      expect(refusal(await desk.post(`/projections/cem/replays/${replay}/${what}`, { author }))).toEqual([
        404,
        'not-found',
        expect.stringMatching(/no such replay/),
      ]);
  });

  test('of a projection that there is not names those there are', async () => {
    expect(refusal(await desk.post('/projections/sales/replays', { author }))).toEqual([
      404,
      'not-found',
      expect.stringContaining(PROJECTION_NAMES.join(', ')),
    ]);
    expect((await desk.post('/projections/constructor/replays', { author })).status).toBe(404);
  });
});

describe('a definition', () => {
  test.each([
    ['of another name', { points: SCORE }, /cem takes no points; of definitions it takes: score/],
    ['that breaks its schema', { score: { ...SCORE_V1, strength: -1 } }, /strength/],
    ['that is none', { score: 7 }, undefined],
  ])('%s never gets into the log', async (_, documents, detail) => {
    const { status, body } = await start({ documents });
    expect([status, body.code]).toEqual([422, 'invalid-definition']);
    if (detail) expect(body.detail).toMatch(detail);
    expect(await events()).toEqual([]);
  });

  test('too large for one append is refused', async () => {
    const why = 'x'.repeat(600_000);
    const { status, body } = await start({ documents: { score: { ...SCORE, why } } });
    expect([status, body.code]).toEqual([413, 'too-large']);
  });

  test.each([
    [{ author: '' }, /author/],
    [{ author: undefined }, /author/],
    [{ sample: { digits: 16 } }, /sample: digits/],
    [{ sample: null }, /sample/],
    [{ documents: null }, /documents/],
    [{ reason: null }, /reason/],
    [{ id: null }, /id/],
    [{ workers: 0 }, /workers/],
    [{ source: 'tape' }, /source/],
    [{ documents: [] }, /documents/],
    [{ id: '12' }, /id/],
    [{ priority: 1 }, /priority/],
  ])('asked for with %j is refused where that is wrong', async (more, detail) => {
    const { status, body } = await start(more);
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.detail).toMatch(detail);
    expect(await events()).toEqual([]);
  });
});

describe('a comparison', () => {
  test('is of the live version and what was built', async () => {
    const replay = await built();
    const { status, body } = await desk.post(`/projections/cem/replays/${replay}/diffs`, { author });
    expect(status).toBe(202);
    expect(body).toMatchObject({ replay, from: SHIPPED, to: OTHER });
    const event = (await events()).at(-1)!;
    expect(event).toMatchObject({ id: body.diff, type: 'diff.requested', position: body.position });
  });

  test('of what is not built is refused', async () => {
    const { replay } = (await start()).body;
    expect(refusal(await desk.post(`/projections/cem/replays/${replay}/diffs`, { author }))).toEqual([
      409,
      'cannot-replay',
      expect.stringMatching(/not built yet/),
    ]);
  });
});

describe('a promotion', () => {
  const reason = 'Agreed.';
  const promote = (more: object = {}) => desk.post('/projections/cem/promote', { author, reason, ...more });
  const rollback = (more: object = {}) => desk.post('/projections/cem/rollback', { author, reason, ...more });
  const retire = (more: object = {}) => desk.post('/projections/cem/retire', { author, ...more });

  test('gives readers what was built, with who said so and why', async () => {
    const replay = await built();
    const { status, body } = await promote();
    expect([status, body.version]).toEqual([202, OTHER]);
    expect((await events()).at(-1)).toMatchObject({
      type: 'version.promoted',
      position: body.position,
      data: { from: SHIPPED, to: OTHER, documents: { score: SCORE }, replay, author, reason },
    });
    expect(await promote({ replay })).toEqual({ status, body });
  });

  test('is what a replay without definitions builds again; null stands for what is shipped', async () => {
    await built();
    await promote();
    const again = (await desk.post('/projections/cem/replays', { author })).body;
    expect(again.version).toBe(`${OTHER}.2`);
    expect((await events()).at(-1)!.data).toMatchObject({ documents: { score: SCORE } });
    await desk.post(`/projections/cem/replays/${again.replay}/cancel`, { author });
    const shipped = (await desk.post('/projections/cem/replays', { author, documents: { score: null } })).body;
    expect(shipped.version).toBe(`${SHIPPED}.2`);
    expect((await events()).at(-1)!.data).toMatchObject({ documents: {} });
  });

  test('sent again under its id is the same, though nothing is open any longer', async () => {
    await built();
    const first = await promote({ id: ID });
    expect(await promote({ id: ID })).toEqual(first);
    expect(refusal(await promote())).toEqual([409, 'cannot-replay', expect.stringMatching(/No replay is open/)]);
  });

  test('is rolled back once, and needs a reason', async () => {
    await built();
    await promote();
    for (const path of ['promote', 'rollback'])
      expect((await desk.post(`/projections/cem/${path}`, { author })).body).toMatchObject({ code: 'invalid-request' });
    expect(await rollback({ id: ID })).toMatchObject({ status: 202, body: { version: SHIPPED } });
    expect((await rollback({ id: ID })).status).toBe(202);
    expect((await events()).at(-1)!.data).toEqual({ from: OTHER, to: SHIPPED, documents: {}, author, reason });
    expect(refusal(await rollback())).toEqual([409, 'cannot-replay', expect.stringMatching(/none to go back to/)]);
  });

  test('of a sample is refused', async () => {
    await built({ sample: { digits: 1 } });
    expect(refusal(await promote())).toEqual([409, 'cannot-replay', expect.stringMatching(/sample/)]);
  });

  test('can be made final: the version before it is retired', async () => {
    expect(refusal(await retire())).toEqual([409, 'cannot-replay', expect.stringMatching(/No version from before/)]);
    await built();
    await promote();
    expect(await retire({ id: ID })).toMatchObject({ status: 202, body: { version: SHIPPED } });
    expect(await retire({ id: ID })).toMatchObject({ status: 202, body: { version: SHIPPED } });
    expect((await rollback()).status).toBe(409);
  });

  test('decided by two at once is decided once', async () => {
    const replay = await built();
    const answers = await Promise.all([promote({ replay }), promote({ replay }), promote({ replay })]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect((await events()).filter(({ type }) => type === 'version.promoted')).toHaveLength(1);
  });

  test('is decided on what another process wrote in between', async () => {
    const { body } = await start();
    const append = desk.log.append.bind(desk.log);
    let first = true;
    desk.log.append = async (appends) => {
      if (first) {
        first = false;
        const revision = (await events()).length - 1;
        const event = {
          id: ID,
          type: 'replay.paused',
          occurredAt: 1,
          data: { replay: body.replay, author, reason: '' },
          metadata: {},
        };
        await append([{ stream: 'projection-cem', expectedRevision: revision, events: [event] }]);
      }
      return append(appends);
    };
    expect((await desk.post(`/projections/cem/replays/${body.replay}/pause`, { author })).status).toBe(202);
    expect((await events()).filter(({ type }) => type === 'replay.paused')).toHaveLength(1);
  });
});

test('the reference describes everything that can be asked', async () => {
  const { body } = await desk.get('/docs/openapi.json');
  for (const path of ['replays', 'replays/{replay}/pause', 'replays/{replay}/diffs', 'promote', 'rollback', 'retire'])
    expect(body.paths[`/projections/{name}/${path}`].post).toMatchObject({
      summary: expect.any(String),
      responses: { 202: expect.anything() },
    });
});

describe('identity by other rules', () => {
  const rules = (version: number, more: object = {}) => ({ rules: { ...DEFAULT_RULES, version, ...more } });
  const reresolve = (documents: object, more: object = {}) =>
    desk.post('/projections/identity/replays', { documents, author, ...more });

  test('is called by their number, and the log keeps them whole', async () => {
    const { status, body } = await reresolve(rules(2));
    expect([status, body.version]).toEqual([202, 'v2']);
    const [event] = await events('identity');
    expect(event).toMatchObject({ type: 'replay.requested', data: { documents: rules(2), version: 'v2' } });
  });

  test('is refused with the place in the document where they cannot be read, and nothing is in the log', async () => {
    const answers = [
      await reresolve(rules(2, { maxKeys: 'many' })),
      await reresolve({ score: {} }),
      await reresolve(rules(2), { sample: { digits: 4 } }),
      await reresolve(rules(2), { workers: 3 }),
    ];
    expect(answers.map(refusal)).toEqual([
      [422, 'invalid-definition', expect.stringContaining('maxKeys')],
      [422, 'invalid-definition', 'identity takes no score; of definitions it takes: rules.'],
      [400, 'invalid-request', 'Identity is decided whole, by one: it takes no sample, workers or source.'],
      [400, 'invalid-request', 'Identity is decided whole, by one: it takes no sample, workers or source.'],
    ]);
    expect(await events('identity')).toEqual([]);
  });

  test('takes a number once, for ever; sent again under its id it is the same', async () => {
    const { body } = await reresolve(rules(2), { id: ID });
    expect((await reresolve(rules(2), { id: ID })).body).toEqual(body);
    await desk.post(`/projections/identity/replays/${ID}/cancel`, { author });
    expect(refusal(await reresolve(rules(2)))).toEqual([409, 'cannot-replay', VERSION_REFUSALS.NAME_TAKEN]);
    expect(refusal(await desk.post('/projections/identity/replays', { author }))).toEqual([
      409,
      'cannot-replay',
      VERSION_REFUSALS.NAME_TAKEN,
    ]);
    expect((await reresolve(rules(3))).body.version).toBe('v3');
  });

  test('is promoted for every view there is, all of which go over together', async () => {
    await reresolve(rules(2), { id: ID });
    const expectedRevision = (await events('identity')).length - 1;
    const data = { replay: ID, version: 'v2', through: '0a', seconds: 1 };
    const event = { id: `${ID.slice(0, -1)}0`, type: 'replay.built', occurredAt: 1, data, metadata: {} };
    await desk.log.append([{ stream: 'projection-identity', expectedRevision, events: [event] }]);
    const { body } = await desk.post('/projections/identity/promote', { author, reason: 'Agreed.' });
    expect(body.version).toBe('v2');
    expect((await events('identity')).at(-1)).toMatchObject({
      type: 'version.promoted',
      data: { from: 'v1', to: 'v2', views: PROJECTION_NAMES },
    });
    const again = await desk.post('/projections/identity/retire', { author, reason: 'Agreed.' });
    expect(refusal(again)).toEqual([409, 'cannot-replay', VERSION_REFUSALS.SWITCHING]);
  });
});
