import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { key, openDesk, type Desk } from './desk.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const ada = key('email', 'ada@example.com');
const phone = key('phone', '202-555-0143');
const visitor = key('visitor', 'v1');
const asked = { author: 'grace', reason: 'They said so.' };
const uuid = '7f1d5d4e-9d53-4a2b-8c55-0d6b8c1d2e3f';

const customersOf = (...keys: { key: string }[]) =>
  keys.map((each) => desk.store.graph.key(each.key)?.customer ?? each.key);

async function requests() {
  const events = [];
  for await (const event of desk.log.readStream('identity-requests')) events.push(event);
  return events;
}

describe('a link', () => {
  const link = { a: { type: 'email', value: ' Ada@Example.com ' }, b: { key: phone.key }, ...asked };

  test('is durable when answered, names keys only, and makes two customers one', async () => {
    await desk.touch([ada]);
    await desk.touch([phone]);
    await desk.decide();
    const { status, body } = await desk.post('/identities/link', link);
    expect(status).toBe(200);
    const [event] = await requests();
    expect(event).toMatchObject({ id: body.requestId, position: body.position, type: 'identity.link-requested' });
    expect(event!.data).toEqual({ a: ada, b: phone, ...asked });
    await desk.decide();
    expect(new Set(customersOf(ada, phone)).size).toBe(1);
  });

  test('shown first changes nothing', async () => {
    await desk.touch([ada]);
    await desk.touch([phone, visitor]);
    await desk.decide();
    const { status, body } = await desk.post('/identities/link?preview=true', link);
    expect(status).toBe(200);
    expect(body.before).toHaveLength(2);
    expect(body.after).toEqual([{ id: ada.key, keys: expect.arrayContaining([ada, phone, visitor]) }]);
    expect(body.moved).toEqual(
      expect.arrayContaining([
        { ...phone, from: phone.key, to: ada.key },
        { ...visitor, from: phone.key, to: ada.key },
      ]),
    );
    expect(body.refused).toEqual([]);
    expect(await requests()).toEqual([]);
    expect(customersOf(phone)).toEqual([phone.key]);
  });

  test('that breaks a rule is refused with the rule, and shown with it', async () => {
    const [one, two] = [key('client', 'C1'), key('client', 'C2')];
    await desk.touch([one]);
    await desk.touch([two]);
    await desk.decide();
    const body = { a: { key: one.key }, b: { key: two.key }, ...asked };
    expect(await desk.post('/identities/link', body)).toMatchObject({
      status: 409,
      body: { code: 'cannot-decide', detail: expect.stringContaining('of which there is one') },
    });
    expect(await requests()).toEqual([]);
    const shown = await desk.post('/identities/link?preview=true', body);
    expect(shown.body.refused).toEqual([{ a: one, b: two, reason: 'unique' }]);
    expect(shown.body.after).toEqual(shown.body.before);
  });

  test('sent again under its id counts once; another under the same id is refused', async () => {
    const first = await desk.post('/identities/link', { ...link, b: phoneInClear, requestId: uuid });
    const again = await desk.post('/identities/link', { ...link, b: phoneInClear, requestId: uuid });
    expect(again).toEqual(first);
    expect(await requests()).toHaveLength(1);
    const other = await desk.post('/identities/link', {
      ...link,
      b: phoneInClear,
      reason: 'Another.',
      requestId: uuid,
    });
    expect(other).toMatchObject({ status: 409, body: { code: 'cannot-decide' } });
  });

  test('twenty at once are all taken, one after the other', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        desk.post('/identities/link', {
          a: { type: 'email', value: `a${n}@x.org` },
          b: { type: 'email', value: `b${n}@x.org` },
          ...asked,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await requests()).toHaveLength(20);
  });
});

const phoneInClear = { type: 'phone', value: '+1 (202) 555-0143' };

test('every request keeps its correlation id, the sender’s own or a new one', async () => {
  await desk.touch([ada, phone, visitor]);
  await desk.decide();
  const under = { 'x-correlation-id': 'desk-7' };
  const { body } = await desk.post('/identities/split', { customer: ada.key, apart: [phoneInClear], ...asked }, under);
  await desk.post(`/identities/requests/${body.requestId}/undo`, asked, under);
  await desk.post('/identities/link', { a: { key: ada.key }, b: { key: phone.key }, ...asked }, under);
  const span = { from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' };
  await desk.post('/identities/move', { from: { key: ada.key }, to: { key: phone.key }, span, ...asked }, under);
  await desk.post('/identities/link', { a: { key: ada.key }, b: { key: visitor.key }, ...asked });
  expect((await requests()).map(({ type, metadata }) => [type, metadata])).toEqual([
    ['identity.split-requested', { schema: 1, $correlationId: 'desk-7' }],
    ['identity.request-undone', { schema: 1, $correlationId: 'desk-7' }],
    ['identity.link-requested', { schema: 1, $correlationId: 'desk-7' }],
    ['identity.move-requested', { schema: 1, $correlationId: 'desk-7' }],
    ['identity.link-requested', { schema: 1, $correlationId: expect.stringMatching(/^[\da-f-]{36}$/) }],
  ]);
});

describe('a split', () => {
  beforeEach(async () => {
    await desk.touch([ada, phone, visitor]);
    await desk.decide();
  });
  const split = { customer: ada.key, apart: [phoneInClear], ...asked };

  test('puts keys apart from the rest, and what it did can be undone', async () => {
    const { body } = await desk.post('/identities/split', split);
    expect((await requests())[0]!.data).toMatchObject({ apart: [phone], rest: expect.arrayContaining([ada, visitor]) });
    await desk.decide();
    expect(customersOf(ada, visitor, phone)).toEqual([ada.key, ada.key, phone.key]);

    const shown = await desk.post(`/identities/requests/${body.requestId}/undo?preview=true`, asked);
    expect(shown.body.moved).toEqual([{ ...phone, from: phone.key, to: ada.key }]);
    expect((await desk.post(`/identities/requests/${body.requestId}/undo`, asked)).status).toBe(200);
    await desk.decide();
    expect(customersOf(ada, visitor, phone)).toEqual([ada.key, ada.key, ada.key]);
    expect(await desk.post(`/identities/requests/${body.requestId}/undo`, asked)).toMatchObject({ status: 409 });
    const { body: list } = await desk.get('/identities/requests');
    expect(list.items).toMatchObject([
      { type: 'identity.request-undone', undone: false },
      { requestId: body.requestId, undone: true, ...asked },
    ]);
  });

  test('holds against the same evidence, and keeps a link out until it is undone', async () => {
    await desk.post('/identities/split', split);
    await desk.touch([ada, phone]);
    await desk.decide();
    expect(customersOf(phone)).toEqual([phone.key]);
    const link = await desk.post('/identities/link', { a: { key: ada.key }, b: { key: phone.key }, ...asked });
    expect(link).toMatchObject({ status: 409, body: { detail: expect.stringContaining('undo that first') } });
  });

  test('sent again after it took effect is still the same request', async () => {
    const first = await desk.post('/identities/split', { ...split, requestId: uuid });
    await desk.decide();
    expect(await desk.post('/identities/split', { ...split, requestId: uuid })).toEqual(first);
  });

  test('of keys that are not the customer’s, of all keys, or of nobody is refused', async () => {
    expect(
      await desk.post('/identities/split', { ...split, apart: [{ type: 'email', value: 'x@y.org' }] }),
    ).toMatchObject({ status: 409 });
    expect(
      await desk.post('/identities/split', { ...split, apart: [ada, phone, visitor].map(({ key }) => ({ key })) }),
    ).toMatchObject({ status: 409 });
    expect(await desk.post('/identities/split', { ...split, customer: '0'.repeat(32) })).toMatchObject({
      status: 404,
      body: { code: 'customer-not-found' },
    });
  });
});

describe('a move', () => {
  test('names two subjects and touchpoints or a span, and can be undone', async () => {
    const move = {
      from: { type: 'email', value: 'ada@example.com' },
      to: { type: 'email', value: 'bob@example.com' },
      ...asked,
    };
    const span = { from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' };
    const { status, body } = await desk.post('/identities/move', { ...move, span });
    expect(status).toBe(200);
    expect((await requests())[0]!.data).toEqual({
      from: ada.key,
      to: key('email', 'bob@example.com').key,
      span,
      ...asked,
    });
    expect((await desk.post(`/identities/requests/${body.requestId}/undo`, asked)).status).toBe(200);
    expect(await desk.post('/identities/move', { ...move, span, touchpoints: [uuid] })).toMatchObject({ status: 409 });
    expect(await desk.post('/identities/move', move)).toMatchObject({ status: 409 });
    expect(await desk.post('/identities/move', { ...move, span: { from: span.to, to: span.from } })).toMatchObject({
      status: 409,
    });
  });
});

describe('what cannot be read or taken', () => {
  test.each([
    ['no JSON', '{"a":', 'unreadable-body', 400],
    ['a list', '[]', 'invalid-request', 400],
    ['a missing reason', { a: { key: ada.key }, b: { key: phone.key }, author: 'x' }, 'invalid-request', 400],
    ['an unknown field', { a: { key: ada.key }, b: { key: phone.key }, ...asked, force: true }, 'invalid-request', 400],
    [
      'a field named constructor',
      { a: { key: ada.key }, b: { key: phone.key }, ...asked, reason: { constructor: 1 } },
      'invalid-request',
      400,
    ],
    [
      'a value and a key at once',
      { a: { type: 'email', value: 'a@b.c', key: ada.key }, b: { key: phone.key }, ...asked },
      'invalid-request',
      400,
    ],
    [
      'a blocked value',
      { a: { type: 'email', value: 'null' }, b: { key: phone.key }, ...asked },
      'invalid-request',
      400,
    ],
    ['an unknown key of unknown type', { a: { key: ada.key }, b: { key: phone.key }, ...asked }, 'not-found', 404],
    [
      'a link to itself',
      { a: { key: ada.key, type: 'email' }, b: { key: ada.key, type: 'email' }, ...asked },
      'cannot-decide',
      409,
    ],
  ])('%s is refused by name', async (_, body, code, status) => {
    const answer = await desk.post('/identities/link', body);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test('a refusal repeats no identifier', async () => {
    const answer = await desk.post('/identities/link', {
      a: { type: 'email', value: 7, secret: 'ada@example.com' },
      b: { type: 'phone', value: 'ada@example.com' },
      ...asked,
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).not.toContain('ada@example.com');
  });

  test('an undoing of nothing is not found', async () => {
    expect(await desk.post(`/identities/requests/${uuid}/undo`, asked)).toMatchObject({ status: 404 });
    expect(await desk.post('/identities/requests/x/undo', asked)).toMatchObject({ status: 404 });
  });
});

test('the list of requests pages through all of them, newest first', async () => {
  for (let n = 0; n < 5; n++) {
    await desk.post('/identities/link', {
      a: { type: 'email', value: `a${n}@x.org` },
      b: { type: 'email', value: `b${n}@x.org` },
      ...asked,
    });
  }
  const first = (await desk.get('/identities/requests?limit=3')).body;
  const second = (await desk.get(`/identities/requests?limit=3&cursor=${first.next}`)).body;
  expect([first.items.length, second.items.length, second.next]).toEqual([3, 2, undefined]);
  const positions = [...first.items, ...second.items].map(({ position }: { position: string }) => position);
  expect(positions).toEqual([...positions].sort().reverse());
  expect(await desk.get('/identities/requests?limit=0')).toMatchObject({ status: 400 });
});
