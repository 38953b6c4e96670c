import { describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { compareForHome, homeOf, keyOf, normalise } from '../src/home.v1.ts';
import { PHONE_REGION_NAMES } from '../src/phone.v1.ts';
import type { Key } from '../src/touchpoint.ts';

interface Vectors {
  readonly secret: string;
  readonly touchpointId: string;
  readonly identifiers: readonly {
    type: string;
    raw: string;
    region: string;
    value?: string;
    key?: string;
    refused?: string;
  }[];
  readonly homes: readonly { keys: readonly Key[]; home: string }[];
}
/** Frozen with the first release: a vector that fails is a mistake in the code, never in the vector. */
const vectors = JSON.parse(readFileSync(new URL('home.v1.vectors.json', import.meta.url), 'utf8')) as Vectors;
const secret = new Uint8Array(Buffer.from(vectors.secret, 'hex'));
const byTheBook = (key: Uint8Array, type: string, value: string) =>
  createHmac('sha256', key).update(`${type}\n${value}`, 'utf8').digest('hex').slice(0, 32);

describe('home.v1', () => {
  test.each(vectors.identifiers)('$type $raw in $region is frozen', ({ type, raw, region, value, key, refused }) => {
    const normalised = normalise(type, raw, region);
    if (refused !== undefined) expect(normalised).toEqual({ ok: false, reason: refused });
    else {
      expect(normalised).toEqual({ ok: true, value });
      expect(keyOf(secret, { type, value: value! })).toBe(key);
    }
  });

  test.each(vectors.homes)('the home of $keys is frozen', ({ keys, home }) => {
    expect(homeOf(keys, vectors.touchpointId)).toBe(home);
    expect(homeOf(keys.toReversed(), vectors.touchpointId)).toBe(home);
    expect(keys.toSorted(compareForHome)[0]?.key ?? vectors.touchpointId.replaceAll('-', '')).toBe(home);
  });
});

describe('a normalised identifier', () => {
  const types = fc.constantFrom('email', 'phone', 'customer', 'order');
  const phones = fc.string({ unit: fc.constantFrom(...'+0123456789 ()-'), maxLength: 20 });
  const emails = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })).map(([a, b]) => `${a}@${b}`);
  const raws = fc.oneof(fc.string({ unit: 'binary' }), phones, emails, fc.emailAddress());

  test('is normal: normalising it again changes nothing, in whatever region', () => {
    fc.assert(
      fc.property(
        types,
        raws,
        fc.constantFrom(...PHONE_REGION_NAMES),
        fc.constantFrom(...PHONE_REGION_NAMES),
        (type, raw, region, other) => {
          const once = normalise(type, raw, region);
          if (once.ok) expect(normalise(type, once.value, other)).toEqual(once);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test('is never empty, and a phone number is always E.164', () => {
    fc.assert(
      fc.property(types, raws, fc.constantFrom(...PHONE_REGION_NAMES), (type, raw, region) => {
        const normalised = normalise(type, raw, region);
        if (normalised.ok) expect(normalised.value).toMatch(type === 'phone' ? /^\+[1-9]\d{6,14}$/ : /[^]/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a key', () => {
  test('is half an HMAC-SHA-256, whatever the secret and the identifier', () => {
    const secrets = fc.uint8Array({ minLength: 1, maxLength: 100 });
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary', minLength: 400, maxLength: 600 }),
    );
    fc.assert(
      fc.property(
        secrets,
        fc.string({ maxLength: 64 }),
        fc.array(values, { minLength: 1, maxLength: 4 }),
        (own, type, all) => {
          for (const value of all) expect(keyOf(own, { type, value })).toBe(byTheBook(own, type, value));
        },
      ),
    );
  });

  test('of a very long value, as only home.v1 itself may meet', () => {
    expect(keyOf(secret, { type: 'x', value: 'é'.repeat(5_000) })).toBe(byTheBook(secret, 'x', 'é'.repeat(5_000)));
  });
});
