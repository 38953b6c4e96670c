import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { timeReader } from '../src/times.ts';

const read = (text: string, format: string | string[], zone: string | undefined = 'UTC') => {
  const ms = timeReader([format].flat(), zone)(text);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('Times', () => {
  test.each([
    ['03-07-2014', 'dd-MM-yyyy', '2014-07-03T00:00:00.000Z'],
    ['12/13/1990', 'M/d/yyyy', '1990-12-13T00:00:00.000Z'],
    ['2/4/1965', 'M/d/yyyy', '1965-02-04T00:00:00.000Z'],
    ['2017-03-27 13:40:23', 'yyyy-MM-dd HH:mm:ss', '2017-03-27T13:40:23.000Z'],
    ['19970101', 'yyyyMMdd', '1997-01-01T00:00:00.000Z'],
    ['20170327T134023', "yyyyMMdd'T'HHmmss", '2017-03-27T13:40:23.000Z'],
    ['27 Mar 2017 1:40 PM', 'd MMM yyyy h:mm a', '2017-03-27T13:40:00.000Z'],
    ['2017-03-27T13:40:23+02:00', "yyyy-MM-dd'T'HH:mm:ssZZ", '2017-03-27T11:40:23.000Z'],
  ])('%s by %s', (text, format, time) => expect(read(text, format)).toBe(time));

  test.each([
    ['2017-03-27', '2017-03-27T00:00:00.000Z'],
    ['2017-03-27 13:40', '2017-03-27T13:40:00.000Z'],
    ['2017-03-27T13:40:23.5Z', '2017-03-27T13:40:23.500Z'],
    ['2017-03-27T13:40:23-03:30', '2017-03-27T17:10:23.000Z'],
    ['2017-03-27T13:40:23+0200', '2017-03-27T11:40:23.000Z'],
    ['2017-03-27 13:40:23 UTC', '2017-03-27T13:40:23.000Z'],
    ['2017-03-27T13:40:23.123456Z', '2017-03-27T13:40:23.123Z'],
  ])('%s by iso', (text, time) => expect(read(text, 'iso')).toBe(time));

  test.each([
    ['1490622023', 'epoch-seconds'],
    ['1490622023000', 'epoch-milliseconds'],
    ['1490622023.0', 'epoch-seconds'],
  ])('%s by %s', (text, format) => expect(read(text, format)).toBe('2017-03-27T13:40:23.000Z'));

  test('the first format that fits counts', () => {
    expect(read('27.03.2017', ['iso', 'dd.MM.yyyy'])).toBe('2017-03-27T00:00:00.000Z');
  });

  test.each([
    ['31-02-2014', 'dd-MM-yyyy'],
    ['29-02-2015', 'dd-MM-yyyy'],
    ['2014-13-01', 'iso'],
    ['1-1-2014', 'dd-MM-yyyy'],
    ['2014-01-01 24:00:00', 'iso'],
    ['2014-01-01x', 'iso'],
    ['', 'iso'],
    ['99999999999999999', 'epoch-seconds'],
  ])('%s is no time by %s', (text, format) => expect(read(text, format)).toBeUndefined());

  test('a local time is read in its zone, by the offset of its day', () => {
    expect(read('2024-01-15 12:00:00', 'yyyy-MM-dd HH:mm:ss', 'America/New_York')).toBe('2024-01-15T17:00:00.000Z');
    expect(read('2024-07-15 12:00:00', 'yyyy-MM-dd HH:mm:ss', 'America/New_York')).toBe('2024-07-15T16:00:00.000Z');
    expect(read('2024-07-15 12:00:00', 'yyyy-MM-dd HH:mm:ss', 'Asia/Kathmandu')).toBe('2024-07-15T06:15:00.000Z');
  });

  test('a midnight that the clocks skipped is moved on, as they were', () => {
    expect(read('15-10-2017', 'dd-MM-yyyy', 'America/Sao_Paulo')).toBe('2017-10-15T03:00:00.000Z');
  });

  test('without a zone, only a time that says its offset is one', () => {
    expect(timeReader(['iso'], undefined)('2024-01-15 12:00:00')).toBeUndefined();
    expect(timeReader(['iso'], undefined)('2024-01-15T12:00:00Z')).toBe(Date.UTC(2024, 0, 15, 12));
  });

  test('the fast way and Luxon agree at any time in any zone', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'America/Sao_Paulo',
    );
    fc.assert(
      fc.property(zone, fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2035, 0) }), (name, ms) => {
        const local = DateTime.fromMillis(ms, { zone: name });
        const text = local.toFormat('yyyy-MM-dd HH:mm:ss');
        expect(timeReader(['yyyy-MM-dd HH:mm:ss'], name)(text)).toBe(
          DateTime.fromFormat(text, 'yyyy-MM-dd HH:mm:ss', { zone: name }).toMillis(),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
