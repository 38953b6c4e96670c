import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { drawn, LANGUAGE_MODEL, SENTIMENT_MODEL } from '../src/text.ts';

describe('what is drawn from a text', () => {
  test.each([
    ['This is the worst bank I have ever dealt with. They lost my payment twice.', -1],
    ['I am not happy with the answer', -1],
    ['Great service, very happy, thank you!', 1],
    ['The parcel is in the blue box', 0],
  ])('in English %j is its feeling', (text, sign) => {
    const { language, sentiment } = drawn(text);
    expect(language).toEqual({ code: 'en', model: LANGUAGE_MODEL });
    expect(sentiment!.model).toBe(SENTIMENT_MODEL);
    expect(Number.isInteger(sentiment!.score)).toBe(true);
    expect(Math.sign(sentiment!.score)).toBe(sign);
  });

  test.each([
    ['pt', 'Produto muito bom, chegou antes do prazo e bem embalado'],
    ['de', 'Der Kundenservice war leider sehr schlecht'],
    ['es', 'El paquete llegó roto y nadie contesta mis correos'],
  ])('in another language (%s) is the language and no feeling', (code, text) => {
    expect(drawn(text)).toEqual({ language: { code, model: LANGUAGE_MODEL } });
  });

  test.each(['', ' ', '12345', '👍👍', 'ok', 'asdf qwer', '…', '\u0000', '\ud800'])('is nothing for %j', (text) => {
    expect(drawn(text)).toEqual({});
  });

  test('is no feeling where the library trips over a word of JavaScript’s', () => {
    expect(drawn('The constructor name of this toy is a very good name for a constructor').sentiment).toBeUndefined();
  });

  test('is drawn from the beginning of a long text', () => {
    const start = 'Thank you for the very good and quick help with my order. ';
    expect(drawn(start.repeat(1_000) + 'terrible '.repeat(50_000))).toEqual(drawn(start.repeat(1_000)));
  });

  test('takes no words for what is none', () => {
    expect(drawn(`This was a very good idea ${'a'.repeat(1_500)}`)).toEqual(drawn('This was a very good idea'));
  });
});

test('the models are named as they are installed', () => {
  const modules = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules');
  const installed = (name: string) =>
    (JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { version: string }).version;
  expect(LANGUAGE_MODEL).toBe(`eld-extrasmall@${installed('eld')}`);
  expect(SENTIMENT_MODEL).toBe(`wink-sentiment@${installed('wink-sentiment')}`);
});
