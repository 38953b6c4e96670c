import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseTime } from '../src/time.ts';

describe('an RFC 3339 time', () => {
  // RFC 3339, section 5.8.
  test.each([
    ['1985-04-12T23:20:50.52Z', '1985-04-12T23:20:50.520Z'],
    ['1996-12-19T16:39:57-08:00', '1996-12-20T00:39:57.000Z'],
    ['1937-01-01T12:00:27.87+00:20', '1937-01-01T11:40:27.870Z'],
    ['2024-02-29t12:00:00z', '2024-02-29T12:00:00.000Z'],
    ['2024-05-01T12:00:00.123456789+05:45', '2024-05-01T06:15:00.123Z'],
    ['0050-03-01T00:00:00Z', '0050-03-01T00:00:00.000Z'],
    ['2024-05-01T12:00:00-00:00', '2024-05-01T12:00:00.000Z'],
  ])('%s is %s', (text, time) => expect(new Date(parseTime(text)!).toISOString()).toBe(time));

  test('gives back every moment that was written', () => {
    const moments = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(moments, (date) => expect(parseTime(date.toISOString())).toBe(date.getTime())));
  });

  test.each([
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T12:60:00Z',
    '2024-01-01T12:00:60Z',
    '2024-01-01T12:00:00+24:00',
    '2024-01-01T12:00:00+01:60',
    '2024-01-01T12:00:00',
    '2024-01-01T12:00Z',
    '2024-01-01 12:00:00Z',
    '2024-01-01T12:00:00.Z',
    '2024-01-01',
    '1714564800',
    '',
    ' 2024-01-01T12:00:00Z',
  ])('%j is none', (text) => expect(parseTime(text)).toBeUndefined());
});
