import { describe, expect, test } from '@jest/globals';
import { BOUNDED, CATALOGUE, exampleOf, FORMATS, type CataloguedType } from '@throughline/contracts';
import { Ajv } from 'ajv';
import { readMessage } from '../src/kafka/read-message.ts';
import { intakeAsyncApi } from '../src/index.ts';
import { isTouchpoint } from '../src/validate.ts';

const { channels, operations, messages, schemas } = intakeAsyncApi();
const document = { channels, operations, components: { messages, schemas } };
const ajv = new Ajv({ formats: { ...FORMATS, uuid: true }, keywords: [BOUNDED] });

interface Described {
  readonly headers?: object;
  readonly examples?: readonly { readonly payload: object; readonly headers?: Record<string, string> }[];
}

describe('the AsyncAPI of the intake topics', () => {
  test('points at nothing that is not there', () => {
    const text = JSON.stringify(document);
    for (const [, pointer] of text.matchAll(/"\$ref":"#([^"]+)"/g)) {
      const found = pointer!
        .split('/')
        .slice(1)
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], document);
      expect([pointer, typeof found]).toEqual([pointer, 'object']);
    }
  });

  test('describes each type of the catalogue as a good payload, and a bad one as bad', () => {
    const isGood = ajv.compile(schemas['touchpoint']!);
    for (const type of Object.keys(CATALOGUE)) expect(isGood(exampleOf(type as CataloguedType))).toBe(true);
    expect(isGood({ ...exampleOf('order.placed'), id: '' })).toBe(false);
  });

  test('gives examples that intake accepts, in both modes', () => {
    for (const name of ['touchpoint', 'touchpointInBinaryMode']) {
      const { headers, examples } = messages[name] as Described;
      const [example] = examples!;
      const value = Buffer.from(JSON.stringify(example!.payload));
      const [item] = [...readMessage({ value, headers: example!.headers ?? {} })!.items];
      expect(isTouchpoint(item!.code === undefined && item!.value)).toBe(true);
      if (headers) expect(ajv.compile(headers)(example!.headers)).toBe(true);
    }
  });
});
