import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decimal, duration, integer, minorUnits } from '../src/numbers.ts';

describe('Numbers', () => {
  test.each([
    ['12', 12],
    ['-3', -3],
    ['+4', 4],
    ['(5)', -5],
    ['6-', -6],
    ['−7', -7],
    ['1,234', 1234],
    ['1,234,567', 1234567],
    ["1'234", 1234],
    ['0012', 12],
    ['12.0', 12],
  ])('%s is the whole number %d', (text, value) => expect(integer(text)).toBe(value));

  test.each([
    '',
    '-',
    '1.5',
    '12,34',
    '1,2345',
    '1 2',
    'x',
    '0x10',
    '1e3',
    '9007199254740993',
    '--1',
    '(1',
    'NaN',
    '1,234.567,8',
  ])('"%s" is no whole number', (text) => expect(integer(text)).toBeUndefined());

  test.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1,234.25', 1234.25],
    ['-0', 0],
  ])('%s is %d', (text, value) => expect(decimal(text)).toBe(value));

  test('a comma marks the decimals where the map says so', () => {
    expect(decimal('1.234,5', ',')).toBe(1234.5);
    expect(decimal('1 234,5', ',')).toBe(1234.5);
    expect(decimal('1,5')).toBeUndefined();
  });
});

describe('Money', () => {
  test.each([
    ['179.49', 'BRL', 17949],
    ['35.0', 'BRL', 3500],
    ['27', 'USD', 2700],
    ['0.1', 'USD', 10],
    ['$1,234.50', 'USD', 123450],
    ['-€3.20', 'EUR', -320],
    ['R$ 9.90', 'BRL', 990],
    ['12.00 EUR', 'EUR', 1200],
    ['120', 'JPY', 120],
    ['3.200', 'EUR', 320],
    ['645494.05', 'BRL', 64549405],
    ['1.234', 'KWD', 1234],
    ['1.234', 'IQD', 1234],
  ])('%s %s is %d minor units', (text, currency, minor) => expect(minorUnits(text, currency)).toBe(minor));

  test('more digits than the currency has are not rounded away', () => {
    expect(minorUnits('1.005', 'USD')).toBeUndefined();
    expect(minorUnits('1.5', 'JPY')).toBeUndefined();
  });

  test('every amount comes back to the last cent', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (minor) => {
        const text = `${minor < 0 ? '-' : ''}${Math.floor(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, '0')}`;
        return Object.is(minorUnits(text, 'EUR'), minor + 0);
      }),
    );
  });
});

describe('Durations', () => {
  test.each([
    ['00:06:12', 372],
    ['6:12', 372],
    ['90:00', 5400],
    ['PT6M12S', 372],
    ['P1DT1H', 90000],
    ['372', 372],
    ['1:00:00.5', 3600.5],
    ['100:00:00', 360000],
  ])('%s is %d seconds', (text, seconds) => expect(duration(text)).toBe(seconds));

  test('plain numbers are in the unit that the map names', () => {
    expect(duration('1500', 'ms')).toBe(1.5);
    expect(duration('2', 'min')).toBe(120);
    expect(duration('1,5', 'h', ',')).toBe(5400);
  });

  test.each(['', '-5', '1:75:00', '0:61:00', '00:00:60', 'P', 'PT', 'six'])('"%s" is none', (text) =>
    expect(duration(text)).toBeUndefined(),
  );
});
