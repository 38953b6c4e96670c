import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placeFromText, placeToText } from '../src/embedded/place.ts';
import {
  areSound,
  isLastAt,
  ordinalAt,
  positionAt,
  recordBound,
  recordLength,
  sealRecords,
  settledAt,
  startsOf,
  writeRecord,
  type EventText,
  type RecordPlace,
} from '../src/embedded/record.ts';
import { StoredEvent } from '../src/embedded/stored-event.ts';

const anyJson = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()).map((value) => JSON.stringify(value));
const anyName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constant('touchpoint-0123456789abcdef'),
);
const anyOffset = fc.maxSafeNat().map((n) => Math.floor(n / 2));
const anyEvent: fc.Arbitrary<EventText> = fc.record({
  id: fc.uuid(),
  type: anyName,
  occurredAt: fc.double({ noNaN: true, noDefaultInfinity: true }),
  data: anyJson,
  personal: fc.option(anyJson, { nil: undefined }),
  metadata: anyJson,
});
const anyPlace: fc.Arbitrary<RecordPlace> = fc.record({
  position: anyOffset,
  stream: anyName,
  revision: fc.nat(),
  recordedAt: fc.nat(),
  ordinal: fc.nat(),
  isLast: fc.boolean(),
});

/** The records one after the other, the first at `base` of the log. */
function recordsOf(events: readonly (readonly [EventText, RecordPlace])[], base: number, settled: number): Buffer {
  const buffer = Buffer.alloc(events.reduce((sum, [event, { stream }]) => sum + recordBound(stream, event), 0));
  let length = 0;
  for (const [event, place] of events)
    length += writeRecord(buffer, length, event, { ...place, position: base + length });
  sealRecords(buffer, 0, length, settled);
  return buffer.subarray(0, length);
}

describe('A record', () => {
  test('gives back what was written, whatever text and numbers it holds', () => {
    fc.assert(
      fc.property(anyEvent, anyPlace, anyOffset, (event, place, settled) => {
        const bytes = recordsOf([[event, place]], place.position, settled);
        expect(recordLength(bytes, 0, place.position)).toBe(bytes.length);
        expect(areSound(bytes, 0, bytes.length)).toBe(true);
        const back = new StoredEvent(bytes, 0);
        expect(back.data).toEqual(JSON.parse(event.data));
        expect(back.personal).toEqual(event.personal === undefined ? undefined : JSON.parse(event.personal));
        expect(back.metadata).toEqual(JSON.parse(event.metadata));
        expect([back.id, back.type, back.stream, back.revision]).toEqual([
          event.id,
          event.type,
          place.stream,
          place.revision,
        ]);
        expect([back.occurredAt, back.recordedAt]).toEqual([event.occurredAt, place.recordedAt]);
        expect(back.position).toBe(placeToText(place.position));
        expect([positionAt(bytes, 0), settledAt(bytes, 0)]).toEqual([place.position, settled]);
        expect([ordinalAt(bytes, 0), isLastAt(bytes, 0)]).toEqual([place.ordinal, place.isLast]);
      }),
    );
  });

  test('is none anywhere but at its own place', () => {
    fc.assert(
      fc.property(anyEvent, anyPlace, anyOffset, (event, place, elsewhere) => {
        fc.pre(elsewhere !== place.position);
        expect(recordLength(recordsOf([[event, place]], place.position, 0), 0, elsewhere)).toBe(0);
      }),
    );
  });

  test('in a row with others is found and verified with them in one pass, and any changed byte is noticed', () => {
    const rows = fc.array(fc.tuple(anyEvent, anyPlace), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rows, anyOffset, fc.nat(), fc.integer({ min: 1, max: 255 }), (events, base, at, flip) => {
        const bytes = recordsOf(events, base, base);
        expect(startsOf(bytes, bytes.length, base)).toHaveLength(events.length);
        expect(areSound(bytes, 0, bytes.length)).toBe(true);
        bytes[at % bytes.length]! ^= flip;
        expect(areSound(bytes, 0, bytes.length)).toBe(false);
      }),
    );
  });
});

describe('A position', () => {
  test('is text whose order is the order of the log', () => {
    fc.assert(
      fc.property(anyOffset, anyOffset, (a, b) => {
        expect(placeFromText(placeToText(a))).toBe(a);
        expect(placeToText(a) < placeToText(b)).toBe(a < b);
        expect(placeToText(-1) < placeToText(a)).toBe(true);
      }),
    );
  });

  test('of another kind of log is refused', () => {
    for (const text of ['0', '00000000000000FF', 'ffffffffffffffff', '0000000000000000-', 'START']) {
      expect(() => placeFromText(text as never)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    }
  });
});
