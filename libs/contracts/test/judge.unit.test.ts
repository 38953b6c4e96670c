import { describe, expect, test } from '@jest/globals';
import { exampleOf } from '../src/catalogue/example.ts';
import { isBoundedObject, JSON_BOUNDS } from '../src/json.ts';
import { faultsOf } from '../src/judge.ts';

const order = exampleOf('order.placed') as Record<string, unknown> & { data: Record<string, unknown> };
const withData = (data: object) => ({ ...order, data: { ...order.data, ...data } });
const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });

describe('the faults of a touchpoint', () => {
  test.each<[string, unknown, RegExp]>([
    ['that is none', [], /^A touchpoint must be a JSON object$/],
    ['without an id', { ...order, id: undefined }, /^id must be text of 1 to 512 characters$/],
    ['whose type has no verb', { ...order, type: 'order' }, /^type must be noun\.verb/],
    ['whose type is in capitals', { ...order, type: 'Order.Placed' }, /^type must be noun\.verb/],
    ['on the 30th of February', { ...order, time: '2024-02-30T12:00:00Z' }, /^time must be an RFC 3339 time/],
    ['with an attribute in camel case', { ...order, sentAt: order['time'] }, /^sentAt is no attribute/],
    [
      'with a fact beside the facts',
      withData({ orderId: 'x' }),
      /^data\.orderId is unknown: what happened goes into data\.facts$/,
    ],
    [
      'with a stranger in an identifier',
      withData({ identifiers: [{ type: 'email', value: 'x', verified: true }] }),
      /^data\.identifiers\.0\.verified is unknown$/,
    ],
    [
      'with a number for an identifier',
      withData({ identifiers: [{ type: 'customer', value: 7 }] }),
      /^data\.identifiers\.0\.value must be text/,
    ],
    [
      'with half a price',
      withData({ facts: { orderId: '1', amount: { minor: 1 } } }),
      /^data\.facts\.amount\.currency must be an ISO 4217/,
    ],
    [
      'with a fact that is null',
      withData({ facts: { orderId: '1', quantity: null } }),
      /^data\.facts\.quantity must be a whole number/,
    ],
    [
      'with facts too deep',
      withData({ facts: nested(JSON_BOUNDS.depth) }),
      /^data\.facts must be an object of finite size/,
    ],
    [
      'that only identity may append',
      { ...order, type: 'touchpoint.duplicated', data: { facts: { touchpointId: 'x' } } },
      /^type is reserved/,
    ],
  ])('%s', (_, touchpoint, fault) => expect(faultsOf(touchpoint)[0]).toMatch(fault));

  test('name fields, never values, and no field whose name may be a value', () => {
    const faults = faultsOf({
      ...withData({ 'ada@example.com': 1, channel: 'SECRET'.repeat(100) }),
      id: ['SECRET'],
    }).join();
    expect(faults).not.toMatch(/SECRET|ada@/);
  });

  test('are at most ten', () =>
    expect(faultsOf(withData(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, 1]))))).toHaveLength(
      10,
    ));

  test('are told of names that would be a prototype’s', () => {
    expect(
      faultsOf(JSON.parse('{"__proto__":{"id":"x"},"constructor":{},"data":{"__proto__":{},"constructor":1}}')).length,
    ).toBeGreaterThan(0);
  });
});

describe('a free-form object', () => {
  test('is bounded in depth, size and number', () => {
    expect(isBoundedObject(nested(JSON_BOUNDS.depth - 1))).toBe(true);
    expect(isBoundedObject(nested(JSON_BOUNDS.depth))).toBe(false);
    expect(isBoundedObject({ a: 'x'.repeat(JSON_BOUNDS.size - 2) })).toBe(true);
    expect(isBoundedObject({ a: 'x'.repeat(JSON_BOUNDS.size) })).toBe(false);
    expect(isBoundedObject(JSON.parse('{"a":1e999}'))).toBe(false);
    expect(isBoundedObject([])).toBe(false);
  });

  test('of any depth is judged without a deep stack', () => {
    expect(isBoundedObject(JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`))).toBe(false);
  });
});
