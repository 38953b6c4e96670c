import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { dayFromText, dayOf, dayToText } from '../src/day.ts';

const textIn = (zone: string, time: string) => dayToText(dayOf(zone)(Date.parse(time)));

describe('a day in a time zone', () => {
  test.each([
    ['UTC', '2024-05-01T23:59:59.999Z', '2024-05-01'],
    ['Europe/Berlin', '2024-03-30T22:59:59.999Z', '2024-03-30'],
    ['Europe/Berlin', '2024-03-30T23:00:00Z', '2024-03-31'],
    ['Europe/Berlin', '2024-03-31T21:59:59.999Z', '2024-03-31'],
    ['Europe/Berlin', '2024-03-31T22:00:00Z', '2024-04-01'],
    ['America/New_York', '2024-11-03T03:59:59Z', '2024-11-02'],
    ['America/New_York', '2024-11-04T04:59:59Z', '2024-11-03'],
    ['America/New_York', '2024-11-04T05:00:00Z', '2024-11-04'],
    ['Asia/Kathmandu', '2024-05-01T18:14:59Z', '2024-05-01'],
    ['Asia/Kathmandu', '2024-05-01T18:15:00Z', '2024-05-02'],
  ])('in %s, %s falls on %s', (zone, time, day) => expect(textIn(zone, time)).toBe(day));

  test('begins an hour late where summer time skips midnight', () => {
    expect(textIn('America/Sao_Paulo', '2018-11-04T02:59:59Z')).toBe('2018-11-03');
    expect(textIn('America/Sao_Paulo', '2018-11-04T03:00:00Z')).toBe('2018-11-04');
  });

  test('can be missing altogether: Samoa skipped the 30th of December 2011', () => {
    expect(textIn('Pacific/Apia', '2011-12-30T09:59:59Z')).toBe('2011-12-29');
    expect(textIn('Pacific/Apia', '2011-12-30T10:00:00Z')).toBe('2011-12-31');
  });

  test('ends within a quarter of an hour where the offset had seconds: Liberia before 1972', () => {
    const day = dayOf('Africa/Monrovia');
    const midnight = Date.parse('1971-06-02T00:44:30Z');
    const around = [midnight - 60_000, midnight - 1, midnight, midnight + 60_000];
    const days = ['1971-06-01', '1971-06-01', '1971-06-02', '1971-06-02'];
    expect([...around, ...around].map((ms) => dayToText(day(ms)))).toEqual([...days, ...days]);
  });

  test('is the one a calendar in that zone shows, whenever it is asked', () => {
    for (const zone of ['Europe/Lisbon', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Tehran']) {
      const day = dayOf(zone);
      const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(1980, 0), max: Date.UTC(2040, 0) }), (ms) => {
          expect(dayToText(day(ms))).toBe(calendar.format(ms));
        }),
      );
    }
  });

  test('an unknown zone is refused', () => expect(() => dayOf('Mars/Olympus')).toThrow(RangeError));
});

describe('the text of a day', () => {
  test('names the day it was made of', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (day) =>
        expect(dayFromText(dayToText(day))).toBe(day),
      ),
    );
  });

  test.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '24-01-01',
    '2024-1-1',
    '',
    '2024-01-01T00:00:00Z',
  ])('%j names none', (text) => expect(dayFromText(text)).toBeUndefined());
});
