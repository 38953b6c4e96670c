import { describe, expect, test } from '@jest/globals';
import { compareForHome, keyOf, type Identifier, type Key } from '@throughline/contracts';
import { enrich } from '../src/enrich.ts';
import { KeyRing } from '../src/key-ring.ts';

const SECRET = Buffer.alloc(32, 7);

describe('the identifiers of a touchpoint', () => {
  test('stand in the order of their keys, one for one, in whatever order they were sent', () => {
    const sent: Identifier[] = [
      { type: 'phone', value: '977-806-9726' },
      ...['a', 'b', 'c', 'd'].map((name) => ({ type: 'email', value: `${name}@example.com` })),
      { type: 'phone', value: ' (977) 806-9726' },
    ];
    const input = {
      id: '1',
      source: 'shop',
      type: 'page.viewed',
      time: '2024-01-01T00:00:00Z',
      data: { identifiers: sent },
    };
    const { data, personal } = enrich(
      input,
      { at: Date.parse(input.time), text: input.time },
      new KeyRing(SECRET, 'US'),
    );
    const identifiers = personal?.['identifiers'] as unknown as Identifier[];
    const keys = data['keys'] as unknown as Key[];
    expect(identifiers).toHaveLength(5);
    expect(identifiers.map((identifier) => ({ type: identifier.type, key: keyOf(SECRET, identifier) }))).toEqual(keys);
    expect([...keys].sort(compareForHome)).toEqual(keys);
  });
});
