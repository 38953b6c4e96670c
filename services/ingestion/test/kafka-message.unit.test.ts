import { describe, expect, test } from '@jest/globals';
import { CloudEvent, Kafka } from 'cloudevents';
import fc from 'fast-check';
import type { Headers } from '../src/kafka/broker.ts';
import { readMessage } from '../src/kafka/read-message.ts';
import { touchpoint } from './intake.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const asHeaders = (headers: Record<string, unknown>): Headers =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, Buffer.from(String(value))]),
  );
const read = (value: Buffer | null, headers: Headers = {}) => readMessage({ value, headers });
const values = (...message: Parameters<typeof read>) =>
  [...read(...message)!.items].map((item) => ('value' in item ? item.value : item));
const fault = (...message: Parameters<typeof read>) => {
  const decoded = read(...message)!;
  const [item, second] = [...decoded.items];
  expect(second).toBeUndefined();
  return { index: item!.index, code: item!.code, message: item!.code && item!.message, raw: decoded.rawOf(0) };
};

const INPUT = touchpoint({ correlationid: 'c-1', sentat: '2024-05-01T12:00:01Z' });
const { data: DATA, ...ATTRIBUTES } = INPUT;
/** What a binary event's headers come to. */
const ce = (attributes: Record<string, unknown>) =>
  asHeaders(Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value])));

describe('a message without headers', () => {
  test('is read as a request to POST /touchpoints: one object, a list, or lines', () => {
    expect(values(bytes(INPUT))).toEqual([INPUT]);
    expect(values(bytes([INPUT, 7]))).toEqual([INPUT, 7]);
    expect(values(bytes(`${JSON.stringify(INPUT)}\n${JSON.stringify(INPUT)}\n`))).toEqual([INPUT, INPUT]);
  });

  test.each(['', '   ', 'hello', '{"id":', '7', '\u0000\u0001'])('%j is unreadable, as it is', (text) => {
    expect(fault(bytes(text))).toMatchObject({ index: 0, code: 'unreadable-message', raw: bytes(text) });
  });

  test('with bytes that are no UTF-8 is unreadable, as they are', () => {
    const raw = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(fault(raw)).toMatchObject({ code: 'unreadable-message', raw });
  });

  test('and without a value is a tombstone', () => {
    expect(read(null)).toBeUndefined();
    expect(read(null, asHeaders({ 'content-type': 'application/cloudevents+json' }))).toBeUndefined();
  });
});

describe('a structured CloudEvent', () => {
  test.each([
    'application/cloudevents+json',
    'application/cloudevents+json; charset=UTF-8',
    'Application/CloudEvents+JSON;charset="utf-8"',
    'application/cloudevents',
    'application/cloudevents-batch+json',
  ])('of type %s is read', (type) => {
    expect(values(bytes(INPUT), asHeaders({ 'content-type': type }))).toEqual([INPUT]);
  });

  test('counts as one whatever headers of binary mode stand beside it', () => {
    const headers = asHeaders({
      'content-type': 'application/cloudevents+json',
      ce_id: 'other',
      ce_specversion: '1.0',
    });
    expect(values(bytes(INPUT), headers)).toEqual([INPUT]);
  });

  test('in another character set is brought into UTF-8', () => {
    const input = touchpoint({}, { text: 'Grüße' });
    const latin = Buffer.from(JSON.stringify(input), 'latin1');
    expect(values(latin, asHeaders({ 'content-type': 'application/cloudevents+json; charset=iso-8859-1' }))).toEqual([
      input,
    ]);
    const type = asHeaders({ 'content-type': 'application/cloudevents+json; charset=klingon' });
    expect(fault(latin, type)).toMatchObject({ code: 'unreadable-message', raw: latin });
  });

  test('in a format other than JSON is unreadable, as it is', () => {
    const raw = Buffer.from([1, 2, 3]);
    const found = fault(raw, asHeaders({ 'content-type': 'application/cloudevents+avro' }));
    expect(found).toMatchObject({ code: 'unreadable-message', raw });
  });
});

describe('a binary CloudEvent', () => {
  const headers = ce({ specversion: '1.0', ...ATTRIBUTES });

  test('is the same touchpoint as in structured mode', () => {
    expect(values(bytes(DATA), { ...headers, 'content-type': bytes('application/json; charset=utf-8') })).toEqual([
      { specversion: '1.0', ...INPUT },
    ]);
    expect(values(bytes(DATA), headers)).toEqual([{ specversion: '1.0', ...INPUT }]);
  });

  test('may have headers in any case, as text, or several times', () => {
    const named: Headers = {
      ...headers,
      CE_ID: undefined,
      ce_id: ['first', Buffer.from('last')],
      'Content-Type': 'application/json',
    };
    expect(values(bytes(DATA), named)).toMatchObject([{ id: 'last' }]);
  });

  test('without a value is an event without data, not a tombstone', () => {
    expect(values(null, headers)).toEqual([{ specversion: '1.0', ...ATTRIBUTES }]);
  });

  test('whose data is not JSON is kept whole, in structured form', () => {
    const raw = Buffer.from([0xff, 0]);
    for (const type of ['application/json', 'application/avro', 'text/plain; charset=utf-8']) {
      const found = fault(raw, { ...headers, 'content-type': bytes(type) });
      expect(found.code).toBe('unreadable-message');
      expect(JSON.parse(found.raw.toString())).toMatchObject({
        specversion: '1.0',
        ...ATTRIBUTES,
        data_base64: raw.toString('base64'),
      });
    }
  });

  test('with an attribute that is not UTF-8 is unreadable', () => {
    const found = fault(bytes(DATA), { ...headers, ce_brand: Buffer.from([0xff]) });
    expect(found).toMatchObject({ code: 'unreadable-message', message: 'An attribute is not UTF-8.' });
    expect(JSON.parse(found.raw.toString())).toEqual({ specversion: '1.0', ...INPUT });
  });

  test('that was carried over from HTTP has its escapes undone, and no other % touched', () => {
    const sent = {
      euro: 'Euro%20%E2%82%AC%20%F0%9F%98%80',
      share: '100%',
      hex: '%41%20',
      clear: 'é %C3%A9',
      broken: '%C3%28',
      source: '/caf%C3%A9',
    };
    expect(values(bytes(DATA), { ...headers, ...ce(sent) })).toMatchObject([{ ...sent, euro: 'Euro € 😀' }]);
  });

  test('cannot name an attribute that is more than a name', () => {
    const [value] = values(bytes(DATA), { ...headers, ...ce({ __proto__: 'x', constructor: 'y' }), ce___proto__: 'z' });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.hasOwn(value as object, '__proto__')).toBe(true);
  });
});

describe('what the cloudevents package produces', () => {
  const event = new CloudEvent({ ...ATTRIBUTES, specversion: '1.0', datacontenttype: 'application/json', data: DATA });

  test('in structured mode is read', () => {
    const { value, headers } = Kafka.structured(event) as unknown as {
      value: string;
      headers: Record<string, unknown>;
    };
    expect(values(bytes(value), asHeaders(headers))).toMatchObject([
      { ...ATTRIBUTES, time: new Date(event.time!).toISOString(), data: DATA },
    ]);
  });

  test('in binary mode is read', () => {
    const { value, headers } = Kafka.binary(event) as unknown as { value: object; headers: Record<string, unknown> };
    expect(values(bytes(value), asHeaders(headers))).toEqual([
      { specversion: '1.0', ...ATTRIBUTES, time: event.time, data: DATA },
    ]);
  });
});

describe('whatever stands in a message', () => {
  const header = fc.oneof(
    fc.uint8Array().map((some) => Buffer.from(some)),
    fc.string(),
    fc.constant(undefined),
  );
  const name = fc.oneof(
    fc.string(),
    fc.string().map((some) => `ce_${some}`),
    fc.constantFrom('ce_specversion', 'content-type'),
  );
  const type = fc.constantFrom(
    'application/cloudevents+json',
    'application/json;charset=utf-16',
    'text/plain',
    'a/b+json',
  );
  const value = fc.option(
    fc.oneof(
      fc.uint8Array().map((some) => Buffer.from(some)),
      fc.json().map((text) => Buffer.from(text)),
    ),
  );

  test('is a tombstone or items, each with a value or a problem, and with bytes', () => {
    fc.assert(
      fc.property(value, fc.dictionary(name, header), fc.option(type), (sent, headers, typed) => {
        const decoded = read(sent, typed === null ? headers : { ...headers, 'content-type': typed });
        if (!decoded) return sent === null;
        return [...decoded.items].every(
          (item) => Buffer.isBuffer(decoded.rawOf(item.index)) && 'value' in item !== (item.code !== undefined),
        );
      }),
    );
  });

  test('the two modes of CloudEvents come to the same', () => {
    // Header values are what UTF-8 can hold; what looks escaped is read as it was meant in HTTP.
    const text = fc.string({ unit: 'grapheme' }).filter((some) => !/\p{Surrogate}|%/u.test(some));
    const attributes = fc.dictionary(fc.stringMatching(/^[a-z0-9]{1,20}$/), text);
    fc.assert(
      fc.property(attributes, fc.jsonValue(), (own, data) => {
        delete own['data'];
        delete own['datacontenttype'];
        const event = { ...own, specversion: '1.0', data };
        const { data: _, ...rest } = event;
        const structured = values(
          bytes(JSON.stringify([event])),
          asHeaders({ 'content-type': 'application/cloudevents+json' }),
        );
        expect(values(bytes(JSON.stringify(data)), ce(rest))).toEqual(structured);
      }),
    );
  });
});
