import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { JsonObject } from '@throughline/contracts';
import { crmProjection } from '@throughline/crm';
import { COMPANY, happened, viewOf } from './history.ts';

const told = (at: string, source: string, traits: JsonObject) =>
  happened(at, 'customer.identified', {}, { source, personal: { traits } });

describe('the golden profile', () => {
  test('takes the most recent value of a field, and says who told it when, whatever order it came in', () => {
    const story = [told('2024-01-01', 'shop', { city: 'Paris' }), told('2024-02-01', 'calls', { city: 'London' })];
    for (const order of [story, story.toReversed()]) {
      expect(viewOf(order, '2024-06-30').profile['city']).toEqual({
        value: 'London',
        source: 'calls',
        occurredAt: '2024-02-01T12:00:00.000Z',
      });
    }
  });

  test('takes what is on record from the source that is trusted most', () => {
    const story = [told('2024-01-01', 'crm', { name: 'Ada Lovelace' }), told('2024-02-01', 'shop', { name: 'ada' })];
    expect(viewOf(story, '2024-06-30').profile['name']).toMatchObject({ value: 'Ada Lovelace', source: 'crm' });
  });

  test('settles two values of one source and millisecond alike, whichever came first', () => {
    const story = [told('2024-01-01', 'shop', { city: 'Paris' }), told('2024-01-01', 'shop', { city: 'London' })];
    expect(viewOf(story, '2024-06-30').profile).toEqual(viewOf(story.toReversed(), '2024-06-30').profile);
  });

  test('follows another rule without another fold', () => {
    const story = [told('2024-01-01', 'crm', { name: 'Ada Lovelace' }), told('2024-02-01', 'shop', { name: 'ada' })];
    const { fragment } = crmProjection(COMPANY);
    const folded = story.reduce((f, t) => fragment.apply(f, t), fragment.empty());
    const { view } = crmProjection(COMPANY, {
      survivorship: { version: 2, otherwise: { rule: 'most-recent' }, fields: {} },
    });
    expect(view(folded, 20_000).profile['name']).toMatchObject({ value: 'ada' });
  });

  test('knows no field from an empty value, and lets no field name be special', () => {
    const story = [told('2024-01-01', 'crm', { city: 'Paris' }), told('2024-02-01', 'crm', { city: '', zip: null })];
    expect(viewOf(story, '2024-06-30').profile).toEqual({
      city: { value: 'Paris', source: 'crm', occurredAt: '2024-01-01T12:00:00.000Z' },
    });
    const nasty = told('2024-01-01', 'crm', JSON.parse('{"__proto__": "x", "constructor": "y"}') as JsonObject);
    expect(Object.keys(viewOf([nasty], '2024-06-30').profile)).toEqual(['__proto__', 'constructor']);
  });
});

describe('the identifiers of a customer', () => {
  const keys = [
    { type: 'email', key: 'e1' },
    { type: 'phone', key: 'p1' },
  ];
  const identifiers = [
    { type: 'email', value: 'ada@example.com' },
    { type: 'phone', value: '+19778069726' },
  ];

  test('stand with their value, their key, and when they were first and last seen', () => {
    const view = viewOf(
      [
        happened('2024-03-01', 'call.ended', {}, { source: 'calls', keys, personal: { identifiers } }),
        happened('2024-01-01', 'order.placed', { orderId: 'A' }, { keys: keys.slice(0, 1) }),
      ],
      '2024-06-30',
    );
    expect(view.identifiers).toEqual([
      {
        type: 'email',
        key: 'e1',
        value: 'ada@example.com',
        firstSeen: '2024-01-01T12:00:00.000Z',
        lastSeen: '2024-03-01T12:00:00.000Z',
        source: 'calls',
      },
      {
        type: 'phone',
        key: 'p1',
        value: '+19778069726',
        firstSeen: '2024-03-01T12:00:00.000Z',
        lastSeen: '2024-03-01T12:00:00.000Z',
        source: 'calls',
      },
    ]);
  });

  test('name one source of two at the same millisecond, whichever came first', () => {
    const story = ['shop', 'calls'].map((source) => happened('2024-01-01', 'page.viewed', {}, { source, keys }));
    expect(viewOf(story, '2024-06-30').identifiers).toEqual(viewOf(story.toReversed(), '2024-06-30').identifiers);
  });

  test('stand without a value where it was shredded, and leave out the names of things', () => {
    const shredded = happened(
      '2024-03-01',
      'order.placed',
      { orderId: 'A' },
      { keys: [...keys, { type: 'order', key: 'o1' }] },
    );
    const view = viewOf([shredded], '2024-06-30');
    expect(view.identifiers.map(({ type, value }) => ({ type, value }))).toEqual([
      { type: 'email', value: undefined },
      { type: 'phone', value: undefined },
    ]);
  });

  test('are at most eight of a type, the same eight in any order and by any merge', () => {
    const { fragment } = crmProjection(COMPANY);
    const sighted = (key: number, day: number) =>
      happened(
        `2024-01-${String(day).padStart(2, '0')}`,
        'page.viewed',
        {},
        { keys: [{ type: 'cookie', key: `c${key}` }, keys[0]!] },
      );
    const sightings = fc.array(fc.tuple(fc.integer({ min: 10, max: 40 }), fc.integer({ min: 1, max: 28 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(sightings, sightings, (a, b) => {
        const fold = (list: [number, number][]) =>
          list.reduce((f, [k, d]) => fragment.apply(f, sighted(k, d)), fragment.empty());
        const whole = fold([...a, ...b]);
        expect(fold([...b, ...a].reverse())).toEqual(whole);
        expect(fragment.merge(fold(a), fold(b))).toEqual(whole);
        expect(whole.profile.identifiers.filter(([key]) => key.startsWith('cookie:')).length).toBeLessThanOrEqual(8);
      }),
      { numRuns: 50 },
    );
  });
});
