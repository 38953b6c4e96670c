/** What is asked while views go over from one version of identity to another, one after the other. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { VIEW_NAMES, type ViewName } from '../src/views.ts';
import { email, worldWhere, type World } from './world.ts';

const PEOPLE = ['ada', 'bob', 'eve'].map((name) => email(`${name}@example.com`));
const [ADA] = PEOPLE as [(typeof PEOPLE)[number]];

let world: World;
let along: Record<ViewName, string>;
beforeEach(async () => {
  world = await worldWhere(
    PEOPLE.map((to, i) => ({ to, type: 'page.viewed', at: `2026-03-0${i + 1}T10:00:00Z`, channel: 'web' })),
    PEOPLE.map((key) => [key]),
  );
  const built = VIEW_NAMES.map(async (name) => [name, await world.build(name, {}, { rules: 2 })] as const);
  along = Object.fromEntries(await Promise.all(built)) as Record<ViewName, string>;
});
afterEach(() => world.close());

/** A reader sees a switch within this time. */
const seen = () => new Promise((resolve) => setTimeout(resolve, 250));

test('a question of several views waits until all of them have gone over, and is not answered by a mixture', async () => {
  await world.promote('crm', along.crm);
  await seen();
  let isAnswered = false;
  const answer = world.get(`/customers/${ADA.key}`).finally(() => (isAnswered = true));
  await seen();
  expect(isAnswered).toBe(false);
  await world.promote('cem', along.cem);
  await seen();
  expect(isAnswered).toBe(false);
  await world.promote('balance', along.balance);
  expect((await answer).status).toBe(200);
});

test('if they do not all go over, that is said in time', async () => {
  await world.promote('cem', along.cem);
  await seen();
  const { status, body } = await world.get(`/customers/${ADA.key}`);
  expect([status, body.code]).toEqual([503, 'view-rebuilding']);
}, 20_000);

test('what was begun page by page goes on by the version of identity that it began with', async () => {
  const first = (await world.get('/customers?limit=2')).body;
  for (const name of VIEW_NAMES) await world.promote(name, along[name]);
  await seen();
  const { status, body } = await world.get(`/customers?limit=2&cursor=${encodeURIComponent(first.next)}`);
  expect([status, first.items.length + body.items.length]).toEqual([200, 3]);
  const other = (await world.get('/customers?limit=2')).body;
  expect(other.next).not.toBe(first.next);
});

test('a version of definitions is explained along the version of identity that views are read by', async () => {
  for (const name of VIEW_NAMES) await world.promote(name, along[name]);
  await seen();
  const shipped = along.cem.split('i')[0]!;
  const explained = await world.get(`/customers/${ADA.key}/explain?version=${shipped}`);
  expect(explained.status).toBe(200);
  const { items } = (await world.get('/projections')).body;
  expect(items.find(({ name }: { name: string }) => name === 'cem').version).toBe(along.cem);
});

test('the story of identity says which projections are waited for, as long as they are', async () => {
  const asked = { author: 'grace', reason: 'Agreed.' };
  const documents = { rules: { name: 'others', version: 2 } };
  const replay = world.tell('identity', 'replay.requested', { version: 'v2', documents, source: 'copy', ...asked });
  world.tell('identity', 'replay.built', { replay, version: 'v2', through: world.end, seconds: 1 });
  const views = ['crm', 'cem'];
  const to = { from: 'v1', to: 'v2', documents, replay, views, ...asked };
  const switching = world.tell('identity', 'version.promoted', to);
  const story = async () => (await world.get('/projections/identity/versions')).body;
  expect(await story()).toMatchObject({ live: 'v2', goingOver: { to: 'v2', awaits: ['crm', 'cem'] } });
  expect((await story()).items).toMatchObject([
    { version: 'v2', role: 'live', documents: { rules: { name: 'others', version: 2, shipped: false } } },
    { version: 'v1', role: 'previous', documents: { rules: { version: 1, shipped: true } } },
  ]);
  world.tell('identity', 'views.ready', { switch: switching, projection: 'crm' });
  expect((await story()).goingOver).toEqual({ to: 'v2', awaits: ['cem'] });
  world.tell('identity', 'views.ready', { switch: switching, projection: 'cem' });
  world.tell('identity', 'views.switched', { switch: switching, to: 'v2' });
  expect(await story()).not.toHaveProperty('goingOver');
});
