import { describe, expect, test } from '@jest/globals';
import type { FieldDefinition, IndexValue } from '@throughline/contracts';
import { fieldsOf, holds } from '../src/rsql/condition.ts';
import { parseWhere } from '../src/rsql/parse-where.ts';

const FIELDS: readonly FieldDefinition[] = [
  { field: 'crm.orders', type: 'number', description: '' },
  { field: 'crm.lifecycle', type: 'string', description: '' },
  { field: 'cem.score', type: 'number', description: '' },
  { field: 'balance.settled', type: 'boolean', description: '' },
];

const matches = (where: string, customer: Readonly<Record<string, IndexValue>>) =>
  holds(parseWhere(where, FIELDS), (field) => customer[field]);

describe('where', () => {
  test.each<[string, boolean]>([
    ['crm.orders=ge=3;cem.score=lt=40', true],
    ['crm.orders>=3;cem.score<40', true],
    ['crm.orders=gt=3;cem.score=lt=40', false],
    ['crm.orders==3', true],
    ['crm.orders!=3', false],
    ['crm.orders==3.0', true],
    ['crm.orders=in=(1,2,3)', true],
    ['crm.orders=out=(1,2,3)', false],
    ['crm.lifecycle==lapsed,cem.score=le=39.5', true],
    ['(crm.lifecycle==lapsed,cem.score=le=39.5);crm.orders=gt=100', false],
    ['crm.lifecycle==lapsed,cem.score=le=39.5;crm.orders=gt=100', false],
    ['crm.lifecycle=="customer"', true],
    ['balance.settled==true', true],
    ['balance.settled=in=(false)', false],
  ])('%s is %s of a customer with three orders and a score of 39.5', (where, expected) => {
    const customer = { 'crm.orders': 3, 'crm.lifecycle': 'customer', 'cem.score': 39.5, 'balance.settled': true };
    expect(matches(where, customer)).toBe(expected);
  });

  test.each(['cem.score=lt=40', 'cem.score=ge=40', 'cem.score==40', 'cem.score!=40', 'cem.score=out=(40)'])(
    'nothing is known of a customer without a score, so %s is not true of them',
    (where) => expect(matches(where, { 'crm.orders': 3 })).toBe(false),
  );

  test.each<[string, RegExp]>([
    ['crm.order=ge=3', /There are crm\.orders, crm\.lifecycle, cem\.score, balance\.settled/],
    ['crm.orders=like=3', /There are ==, !=, =lt=/],
    ['balance.settled=lt=true', /There are ==, !=, =in=, =out=\./],
    ['balance.settled==1', /true or false/],
    ['crm.orders==many', /is a number/],
    ['crm.orders==Infinity', /is a number/],
    ["crm.orders==''", /is a number/],
    ['crm.orders==(1,2)', /one value/],
    ['crm.orders', /not RSQL/],
    ['', /not RSQL/],
    [`${'('.repeat(3000)}crm.orders==3${')'.repeat(3000)}`, /4000 characters/],
  ])('%s is refused, and the answer says what there is', (where, detail) => {
    expect(() => parseWhere(where, FIELDS)).toThrow(
      expect.objectContaining({ code: 'invalid-query', detail: expect.stringMatching(detail) }),
    );
  });

  test('a name that objects have of their own is no field', () => {
    expect(() => parseWhere('constructor==1', FIELDS)).toThrow(expect.objectContaining({ code: 'invalid-query' }));
  });

  test('the deepest question that fits can be asked', () => {
    const deep = `${'('.repeat(1900)}crm.orders==3${')'.repeat(1900)}`;
    expect(matches(deep, { 'crm.orders': 3 })).toBe(true);
  });

  test('a condition knows the fields it looks at, each once', () => {
    expect(fieldsOf(parseWhere('crm.orders==1,(crm.orders==2;cem.score=lt=3)', FIELDS))).toEqual([
      'crm.orders',
      'cem.score',
    ]);
  });
});
