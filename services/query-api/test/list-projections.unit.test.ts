import { expect, test } from '@jest/globals';
import { START, ThroughlineError, type Position } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import { PROJECTION_NAMES } from '@throughline/projections';
import type { IdentityReader } from '@throughline/read-model';
import { readSettings } from '@throughline/runtime';
import { ListProjectionsHandler } from '../src/projections/list-projections.ts';
import { Ledgers } from '../src/versions/ledgers.ts';
import type { Pins } from '../src/versions/pins.ts';

const END = '0001' as Position;
const log = { head: async () => END, async *readStream() {}, async *read() {} } as unknown as LogReader;
const identity = { progress: async () => ({ through: END }) } as unknown as IdentityReader;
const settings = readSettings({});
const handler = (view: (name: string) => object) =>
  new ListProjectionsHandler(
    { view: async (name: string) => view(name) } as unknown as Pins,
    new Ledgers(log, settings),
    identity,
    log,
    settings,
  );
const complete = {
  version: 'a',
  documents: async () => ({}),
  progress: async () => ({ position: END, day: 1 }),
  parkedCount: async () => 0,
};
const failing = (error: Error) => ({
  ...complete,
  version: '',
  documents: async () => {
    throw error;
  },
  progress: async () => ({ position: START, day: undefined }),
  parkedCount: async () => {
    throw error;
  },
});

test('a view that is being built keeps nobody from being told of the others', async () => {
  const [first, ...others] = PROJECTION_NAMES;
  const building = failing(new ThroughlineError('view-rebuilding'));
  const { items } = await handler((name) => (name === first ? building : complete)).execute();
  expect(items[0]).toMatchObject({ name: first, position: START, day: null, parked: null });
  expect(items[0]!.documents).toEqual(expect.anything());
  expect(items.slice(1)).toMatchObject(others.map((name) => ({ name, version: 'a', parked: 0 })));
});

test('a view that cannot be read for another reason is no view that is being built', async () => {
  const lost = failing(new ThroughlineError('view-lost'));
  await expect(handler(() => lost).execute()).rejects.toMatchObject({ code: 'view-lost' });
});
