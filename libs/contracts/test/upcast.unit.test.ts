import { describe, expect, test } from '@jest/globals';
import { CATALOGUE } from '../src/catalogue/catalogue.ts';
import type { Facts, Touchpoint } from '../src/touchpoint.ts';
import { upcast, UPCASTERS, type Upcasters } from '../src/upcast.ts';

const made = (type: string, schema: number, facts: Facts): Touchpoint => ({
  id: 'a',
  type,
  occurredAt: 1,
  recordedAt: 2,
  data: { keys: [], channel: 'web', facts },
  personal: { text: 'hello' },
  metadata: { source: 's', sourceId: '1', receivedAt: '2024-05-01T12:00:00Z', schema },
});

/** `door.opened` said minutes at first, then seconds, then a duration with its unit. */
const LIFTS: Upcasters = {
  'door.opened': [
    ({ minutes, ...rest }) => ({ ...rest, seconds: Number(minutes) * 60 }),
    ({ seconds, ...rest }) => ({ ...rest, openFor: { seconds } }),
  ],
};

describe('a touchpoint under an old schema', () => {
  test.each([
    [1, { minutes: 2, door: 'front' }],
    [2, { seconds: 120, door: 'front' }],
    [3, { openFor: { seconds: 120 }, door: 'front' }],
  ])('of version %i is read under the newest', (schema, facts) => {
    const touchpoint = made('door.opened', schema, facts);
    expect(upcast(touchpoint, LIFTS)).toEqual(made('door.opened', 3, { openFor: { seconds: 120 }, door: 'front' }));
    expect(touchpoint).toEqual(made('door.opened', schema, facts));
  });

  test('of no lifted type, or outside the catalogue, is read as it is', () => {
    for (const touchpoint of [made('window.opened', 1, {}), made('door.opened', 0, {}), made('toString', 1, {})]) {
      expect(upcast(touchpoint, LIFTS)).toBe(touchpoint);
    }
  });
});

test('a catalogued type’s schema is one more than it has lifts', () => {
  for (const [type, { schema }] of Object.entries(CATALOGUE)) expect(schema).toBe((UPCASTERS[type]?.length ?? 0) + 1);
  expect(Object.keys(UPCASTERS).filter((type) => !(type in CATALOGUE))).toEqual([]);
});
