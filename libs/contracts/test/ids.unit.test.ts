import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { NAMESPACE, touchpointId, uuidv5 } from '../src/ids.ts';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** RFC 9562, section 5.5, word by word. */
function byTheBook(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

describe('a name-based UUID', () => {
  test('is the one of RFC 9562, appendix A.4', () => {
    expect(uuidv5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  test('follows the book for every name, however long', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 900, maxLength: 1_200, unit: 'binary' }),
      fc.constant('é'.repeat(5_000)),
    );
    fc.assert(
      fc.property(fc.uuid(), names, (namespace, name) => {
        expect(uuidv5(namespace, name)).toBe(byTheBook(namespace, name));
      }),
    );
  });

  test('our namespaces are frozen', () => {
    expect(NAMESPACE).toEqual({
      touchpoint: byTheBook('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/touchpoint'),
      decision: byTheBook('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/decision'),
      request: byTheBook('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/request'),
      quarantine: byTheBook('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/quarantine'),
      control: byTheBook('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://throughline.dev/ns/control'),
    });
  });
});

describe('a touchpoint’s id', () => {
  test('keeps apart what only together reads the same', () => {
    expect(touchpointId('a', 'bc')).not.toBe(touchpointId('ab', 'c'));
  });
  test('is frozen', () => expect(touchpointId('shop', 'order-1')).toBe(FROZEN));
});

const FROZEN = 'a10f06f5-b410-555b-929f-5534636e90aa';
