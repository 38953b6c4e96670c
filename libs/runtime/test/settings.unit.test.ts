import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../src/settings.ts';
import { SettingsError } from '../src/settings-error.ts';

const HEX = 'ab'.repeat(32);
const failure = (env: Record<string, string>) => {
  try {
    readSettings(env);
    return undefined;
  } catch (error) {
    return error as SettingsError;
  }
};

describe('settings', () => {
  test('of an empty environment are those of a laptop', () => {
    expect(readSettings({}, '/home/ada')).toMatchObject({
      data: '/home/ada/.throughline',
      host: '127.0.0.1',
      port: 4600,
      company: { timeZone: 'UTC', currency: 'EUR', rates: [] },
      phoneRegion: 'US',
      logLevel: 'info',
    });
    expect(readSettings({}).givenKey()).toBeUndefined();
  });

  test('are what the environment says', () => {
    const env = {
      THROUGHLINE_DATA: '/data',
      HOST: '::1',
      PORT: '0',
      THROUGHLINE_TIME_ZONE: 'Europe/Lisbon',
      THROUGHLINE_CURRENCY: 'BRL',
      THROUGHLINE_PHONE_REGION: 'BR',
      THROUGHLINE_KEY: HEX,
      LOG_LEVEL: 'warn',
    };
    expect(readSettings(env)).toMatchObject({
      data: '/data',
      host: '::1',
      port: 0,
      company: { timeZone: 'Europe/Lisbon', currency: 'BRL' },
      phoneRegion: 'BR',
      logLevel: 'warn',
    });
    expect(readSettings(env).givenKey()).toEqual(new Uint8Array(32).fill(0xab));
  });

  test.each([
    ['PORT', '65536'],
    ['PORT', '80x'],
    ['PORT', '-1'],
    ['THROUGHLINE_TIME_ZONE', 'Mars/Olympus'],
    ['THROUGHLINE_CURRENCY', 'eur'],
    ['THROUGHLINE_CURRENCY', 'XQZ'],
    ['THROUGHLINE_PHONE_REGION', 'XX'],
    ['LOG_LEVEL', 'loud'],
    ['THROUGHLINE_KEY', 'ab'.repeat(31)],
    ['THROUGHLINE_KEY', 'a secret of more than thirty-two characters'],
  ])('%s that is wrong is named, and its value is not', (name, value) => {
    const error = failure({ [name]: value });
    expect(error?.variables).toEqual([name]);
    expect(error?.message).toContain(name);
    expect(error?.message).not.toContain(value);
  });

  test('name all that is wrong at once', () => {
    expect(failure({ PORT: 'x', LOG_LEVEL: 'x', HOST: '' })?.variables).toEqual(['PORT', 'LOG_LEVEL']);
  });

  test('print no key', () => {
    const text = JSON.stringify(readSettings({ THROUGHLINE_KEY: HEX }));
    expect(text).not.toContain(HEX);
    expect(text).not.toContain('171');
  });
});
