import { describe, expect, test } from '@jest/globals';
import type { CustomerChange, Position } from '@throughline/contracts';
import { Ajv } from 'ajv';
import { cloudEventOf } from '../src/cloud-event.ts';
import { changesAsyncApi } from '../src/index.ts';

const { channels, operations, messages, schemas } = changesAsyncApi();
const document = { channels, operations, components: { messages, schemas } };
const ajv = new Ajv({ strict: false });
ajv.addSchema(document, 'api');
const isGood = ajv.compile({ $ref: 'api#/components/schemas/customerChanged' });

const change = (more: Partial<CustomerChange> = {}): CustomerChange => ({
  projection: 'cem',
  version: '1'.repeat(16),
  customer: 'a'.repeat(32),
  position: '0a' as Position,
  what: 'changed',
  fields: { 'cem.score': 71 },
  changed: ['cem.score', 'cem.nps'],
  ...more,
});

describe('the AsyncAPI of the topic of changes', () => {
  test('points at nothing that is not there', () => {
    for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
      const found = pointer!
        .split('/')
        .slice(1)
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], document);
      expect([pointer, typeof found]).toEqual([pointer, 'object']);
    }
  });

  test('describes whatever is told, its example too, and nothing else', () => {
    const told = [
      change(),
      change({ what: 'new', fields: {}, changed: [] }),
      change({ what: 'gone', into: 'b'.repeat(32) }),
      change({ incomplete: true }),
    ];
    for (const one of told) expect([isGood(cloudEventOf(one)), isGood.errors]).toEqual([true, null]);
    expect(isGood(messages.customerChanged.examples[0]!.payload)).toBe(true);
    expect(isGood(cloudEventOf({ ...change(), name: 'Ada' } as CustomerChange))).toBe(false);
    expect(isGood({ ...cloudEventOf(change()), id: undefined })).toBe(false);
  });

  test('gives one change one id, and another to whatever is not the same customer, version and position', () => {
    const ids = [
      change(),
      change({ position: '0b' as Position }),
      change({ customer: 'b'.repeat(32) }),
      change({ version: '2'.repeat(16) }),
      change({ what: 'new' }),
    ].map((one) => cloudEventOf(one).id);
    expect(new Set(ids).size).toBe(4);
  });
});
