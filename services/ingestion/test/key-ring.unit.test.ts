import { describe, expect, test } from '@jest/globals';
import { keyOf } from '@throughline/contracts';
import { KeyRing } from '../src/key-ring.ts';

const secret = new Uint8Array(32).fill(7);

describe('a key ring', () => {
  const ring = new KeyRing(secret, 'GB');

  test('gives the key and the spelling of home.v1, first and again', () => {
    const expected = {
      ok: true,
      value: '+442079460958',
      key: { type: 'phone', key: keyOf(secret, { type: 'phone', value: '+442079460958' }) },
    };
    for (let n = 0; n < 2; n++) expect(ring.keyed('phone', '020 7946 0958')).toEqual(expected);
  });

  test('remembers refusals too, and never one type for another', () => {
    for (let n = 0; n < 2; n++) {
      expect(ring.keyed('email', '020 7946 0958')).toEqual({ ok: false, reason: 'malformed' });
      expect(ring.keyed('customer', '020 7946 0958')).toMatchObject({ ok: true, value: '020 7946 0958' });
    }
  });

  test('gives the same after it has forgotten', () => {
    const first = ring.keyed('customer', 'first');
    for (let n = 0; n < 120_000; n++) ring.keyed('customer', `c${n}`);
    expect(ring.keyed('customer', 'first')).toEqual(first);
  });
});
