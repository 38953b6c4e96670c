import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PARKED_CLEARED, REFOLD_REQUESTED, type Key, type Position } from '@throughline/contracts';
import { PROJECTION_NAMES } from '@throughline/projections';
import type { Finished, Parked, SubjectRow, ViewChanges } from '@throughline/read-model';
import { key, openDesk, type Answer, type Desk } from './desk.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const author = 'grace';
const reason = 'The parser is mended.';
const ADA = key('email', 'ada@example.com');
const ADA_WORK = key('email', 'ada@work.example');
const uuid = (n: number) => `00000000-0000-4000-9000-${n.toString(16).padStart(12, '0')}`;
const NOBODY = 'f'.repeat(32);

async function read(stream: string) {
  const all = [];
  for await (const event of desk.log.readStream(stream)) all.push(event);
  return all;
}

const events = (projection = 'cem') => read(`repairs-${projection}`);

let commits = 0;
async function write(changes: Partial<ViewChanges<unknown>>): Promise<void> {
  commits += 1;
  const position = commits.toString(16).padStart(16, '0') as Position;
  await desk.cem.commit({ checkpoint: { position, day: 1, ticked: true }, settled: true, ...changes });
}

/** Has cem show one customer of these keys, of whom something is parked. */
async function showCustomer(keys: readonly Key[], parked: readonly Parked[] = []): Promise<void> {
  const customer = keys[0]!.key;
  const row: SubjectRow<unknown> = { type: 'email', fragment: {}, parked: parked.map(({ id }) => id) };
  await write({
    subjects: new Map(keys.map((each) => [each.key, row])),
    members: new Map([[customer, keys]]),
    standing: new Map(keys.map((each) => [each.key, customer])),
    parked: new Map(parked.map((entry) => [entry.id, entry])),
  });
}

const parkedTouchpoint = (id: string, of = ADA.key): Parked => ({
  id,
  stage: 'fold',
  of,
  error: 'TypeError at a.ts:1:1',
});

async function parkView(customer: string): Promise<void> {
  const failed: Finished = { customer, cells: [], indexes: [], nextChange: undefined, failed: 'RangeError' };
  await write({ contributions: new Map([[customer, failed]]) });
}

const redrive = (more: object) => desk.post('/projections/cem/parked/redrive', { author, ...more });
const clear = (more: object) => desk.post('/projections/cem/parked/clear', { author, reason, ...more });
const rebuild = (id: string, more: object = {}) => desk.post(`/customers/${id}/rebuild`, { author, ...more });

function refusal({ status, body }: Answer) {
  return [status, body.code, body.detail];
}

describe('a redrive', () => {
  test('names what lacks each touchpoint, and each customer whose view failed', async () => {
    await showCustomer([ADA, ADA_WORK], [parkedTouchpoint(uuid(1)), parkedTouchpoint(uuid(2), ADA_WORK.key)]);
    await parkView(ADA.key);
    const { status, body } = await redrive({ ids: [uuid(2).toUpperCase(), ADA.key], reason });
    const [event] = await events();
    expect([status, body]).toEqual([202, { subjects: 1, customers: 1, position: event!.position }]);
    expect(event).toMatchObject({
      type: REFOLD_REQUESTED,
      data: { author, reason, subjects: [ADA_WORK.key], customers: [ADA.key] },
      metadata: { schema: 1, $correlationId: expect.any(String) },
    });
  });

  test('of all is of everything that is parked', async () => {
    const parked = Array.from({ length: 1_500 }, (_, i) => parkedTouchpoint(uuid(i), i.toString(16).padStart(32, '0')));
    await write({ parked: new Map(parked.map((entry) => [entry.id, entry])) });
    await parkView(ADA.key);
    const { body } = await redrive({ all: true });
    const asked = await events();
    expect(asked.map(({ data }) => [(data['subjects'] as []).length, (data['customers'] as []).length])).toEqual([
      [1_000, 1],
      [500, 0],
    ]);
    expect(new Set(asked.flatMap(({ data }) => data['subjects'] as string[]))).toEqual(
      new Set(parked.map(({ of }) => of)),
    );
    expect(body).toEqual({ subjects: 1_500, customers: 1, position: asked[1]!.position });
  });

  test('of nothing writes nothing, and says how far the log is', async () => {
    const { body } = await redrive({ all: true });
    expect(body).toEqual({ subjects: 0, customers: 0, position: await desk.log.head() });
    expect(await events()).toEqual([]);
  });

  test('of a touchpoint that is not parked here is of its subject', async () => {
    await desk.touch([ADA]);
    const [touched] = await read(`touchpoint-${ADA.key}`);
    expect((await redrive({ ids: [touched!.id] })).status).toBe(202);
    expect((await events())[0]!.data).toMatchObject({ subjects: [ADA.key] });
  });

  test.each([
    ['a touchpoint that is not in the log', uuid(9), 'not-found'],
    ['nobody', NOBODY, 'customer-not-found'],
  ])('of %s says so', async (_, id, code) => {
    expect(refusal(await redrive({ ids: [id] }))).toEqual([404, code, expect.stringContaining(id)]);
    expect(await events()).toEqual([]);
  });

  test('names what, and is of a projection that there is', async () => {
    for (const body of [{}, { ids: [uuid(1)], all: true }, { ids: [] }, { ids: ['ada@example.com'] }, { all: false }])
      expect(refusal(await redrive(body))).toEqual([400, 'invalid-request', expect.any(String)]);
    const other = await desk.post('/projections/constructor/parked/redrive', { author, all: true });
    expect(refusal(other)).toEqual([404, 'not-found', expect.stringContaining(PROJECTION_NAMES.join(', '))]);
  });

  test('is written behind what others wrote in between', async () => {
    await showCustomer([ADA], [parkedTouchpoint(uuid(1))]);
    await redrive({ all: true });
    const revisions = desk.log.revisions.bind(desk.log);
    desk.log.revisions = async (streams) => (await revisions(streams)).map(() => -1);
    expect((await redrive({ all: true })).status).toBe(202);
    expect(await events()).toHaveLength(2);
  });
});

describe('clearing', () => {
  test('names the touchpoint and its subject, with who said so and why', async () => {
    await showCustomer([ADA], [parkedTouchpoint(uuid(1))]);
    const { status, body } = await clear({ ids: [uuid(1), uuid(1)] });
    const [event] = await events();
    expect([status, body]).toEqual([202, { touchpoints: 1, position: event!.position }]);
    expect(event).toMatchObject({
      type: PARKED_CLEARED,
      data: { author, reason, touchpoints: [{ id: uuid(1), subject: ADA.key }] },
    });
  });

  test('is of what is parked, and of touchpoints only; it needs a reason', async () => {
    await showCustomer([ADA], [parkedTouchpoint(uuid(1))]);
    await parkView(ADA.key);
    const unknown = await clear({ ids: [uuid(1), uuid(2)] });
    expect(refusal(unknown)).toEqual([404, 'not-found', expect.stringContaining(uuid(2))]);
    expect(refusal(await clear({ ids: [ADA.key] }))).toEqual([
      400,
      'invalid-request',
      expect.stringMatching(/redriven/),
    ]);
    expect(refusal(await clear({ ids: [uuid(1)], reason: '' }))).toEqual([400, 'invalid-request', expect.any(String)]);
    expect(await events()).toEqual([]);
  });
});

describe('rebuilding a customer', () => {
  test('has every projection fold all of their subjects again, whichever of their ids is named', async () => {
    await showCustomer([ADA, ADA_WORK]);
    const { status, body } = await rebuild(ADA_WORK.key, { reason });
    expect(status).toBe(202);
    expect(body).toMatchObject({ subjects: 2, customers: 1 });
    const all = await Promise.all(['crm', 'cem', 'balance'].map((projection) => events(projection)));
    for (const [event, ...more] of all) {
      expect(more).toEqual([]);
      expect(event!.data).toEqual({ author, reason, subjects: [ADA.key, ADA_WORK.key], customers: [ADA.key] });
    }
    expect(body.position).toBe(
      all
        .flat()
        .map(({ position }) => position)
        .sort()
        .at(-1),
    );
  });

  test('can be of some projections only', async () => {
    await showCustomer([ADA]);
    expect((await rebuild(ADA.key, { projections: ['cem', 'cem'] })).status).toBe(202);
    expect([await events('crm'), await events('balance')]).toEqual([[], []]);
    expect(await events()).toHaveLength(1);
    expect((await rebuild(ADA.key, { projections: ['sales'] })).body).toMatchObject({ code: 'invalid-request' });
  });

  test('of more keys than an event takes is of several events', async () => {
    await showCustomer(
      Array.from({ length: 2_100 }, (_, i) => ({ type: 'email', key: i.toString(16).padStart(32, '0') })),
    );
    await rebuild('0'.repeat(32), { projections: ['cem'] });
    expect((await events()).map(({ data }) => (data['subjects'] as []).length)).toEqual([1_000, 1_000, 100]);
  });

  test('that there is not says so', async () => {
    expect(refusal(await rebuild(NOBODY))).toEqual([404, 'customer-not-found', undefined]);
  });
});

test('the reference describes everything that can be asked', async () => {
  const { body } = await desk.get('/docs/openapi.json');
  for (const path of [
    '/projections/{name}/parked/redrive',
    '/projections/{name}/parked/clear',
    '/customers/{id}/rebuild',
  ])
    expect(body.paths[path].post).toMatchObject({
      summary: expect.any(String),
      requestBody: expect.anything(),
      responses: { 202: expect.anything() },
    });
});
