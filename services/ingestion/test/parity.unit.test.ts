import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  CATALOGUE,
  exampleOf,
  factFaultsOf,
  factsSchema,
  faultsOf,
  type CataloguedType,
  isBoundedObject,
} from '@throughline/contracts';
import { hasFacts, isTouchpoint, whyNot } from '../src/validate.ts';

/** What the catalogue's decorators make of schemas. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

const anything = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(null, true, false, '', 'x', 0, -1, 1.5, 1e300, -0, [], {}, [[]], [null], [{}], {
      constructor: 1,
    }),
  },
  fc.jsonValue(),
);

/** Valid, at a bound, just beyond it, or of another kind. */
function near(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.oneof(fc.constantFrom<unknown>(...schema.enum), anything);
  switch (schema.type) {
    case 'object':
      return fc.oneof({ weight: 9, arbitrary: nearObject(schema) }, anything);
    case 'array':
      return fc.oneof({ weight: 9, arbitrary: fc.array(near(schema.items!), { maxLength: 4 }) }, anything);
    case 'integer':
    case 'number': {
      const { minimum = 0, maximum = 0 } = schema;
      return fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, minimum + 0.5) },
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        anything,
      );
    }
    case 'string': {
      if (schema.format === 'date-time') {
        const time = fc.constantFrom(
          '2024-02-29T12:00:00Z',
          '2024-02-30T12:00:00Z',
          '2024-05-01T12:00:00',
          '2024-05-01T12:00:00.5+05:45',
          '2024-05-01',
        );
        return fc.oneof({ weight: 4, arbitrary: time }, anything);
      }
      if (schema.format === 'iso-4217')
        return fc.oneof({ weight: 4, arbitrary: fc.constantFrom('EUR', 'eur', 'XXY', 'USD', 'EURO') }, anything);
      const { minLength = 0, maxLength = 0 } = schema;
      const lengths = fc.constantFrom(minLength, Math.max(0, minLength - 1), maxLength, maxLength + 1);
      const characters = fc.constantFrom('a', 'é', '👍', '☺\ufe0f', '\ud800', '\udc00', '\u0000');
      return fc.oneof(
        { weight: 4, arbitrary: fc.tuple(lengths, characters).map(([length, character]) => character.repeat(length)) },
        { weight: 4, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }) },
        anything,
      );
    }
    default:
      return fc.oneof(fc.boolean(), anything);
  }
}

function nearObject(schema: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(schema.properties!).map(([name, field]) => [name, near(field)]));
  return fc.record({ ...fields, extra: anything, constructor: anything }, { requiredKeys: [] });
}

const types = Object.keys(CATALOGUE) as CataloguedType[];

describe('the compiled schema and class-validator agree', () => {
  test.each(types)('on the facts of %s', (type) => {
    let good = 0;
    const schema = factsSchema(type) as object as Schema;
    const { facts } = exampleOf(type)['data'] as { facts: object };
    const changed = nearObject(schema).map((change) => ({ ...facts, ...(change as object) }));
    const one = fc
      .constantFrom(...Object.keys(schema.properties!))
      .chain((name) => near(schema.properties![name]!).map((value) => ({ ...facts, [name]: value })));
    fc.assert(
      fc.property(fc.oneof(changed, { weight: 4, arbitrary: one }, nearObject(schema)), (candidate) => {
        // What is too deep or too wide is the envelope's to refuse, before the facts are looked at.
        fc.pre(isBoundedObject(candidate));
        const accepted = hasFacts(type, candidate);
        if (accepted) good++;
        expect([accepted, factFaultsOf(type, candidate)]).toEqual([
          accepted,
          accepted ? [] : expect.arrayContaining([expect.any(String)]),
        ]);
      }),
      { numRuns: 200 },
    );
    expect(good).toBeGreaterThan(10);
  });

  test('on the envelope', () => {
    const input = exampleOf('order.placed') as { data: object };
    const identifier = fc.record(
      {
        type: fc.oneof(fc.constantFrom('email', 'E', ''), anything),
        value: fc.oneof(fc.constantFrom('', 'x', 'y'.repeat(513)), anything),
        extra: anything,
      },
      { requiredKeys: [] },
    );
    const data = fc.record(
      {
        channel: fc.oneof(fc.constantFrom('', 'web', 'x'.repeat(201)), anything),
        identifiers: fc.oneof(
          { weight: 3, arbitrary: fc.array(fc.oneof(identifier, anything), { maxLength: 3 }) },
          anything,
        ),
        facts: fc.oneof(fc.constant({ orderId: '1' }), anything),
        traits: anything,
        text: anything,
        origin: anything,
        flags: fc.oneof(fc.array(fc.constantFrom('simulated', 'Bad', 7)), anything),
        extra: anything,
      },
      { requiredKeys: [] },
    );
    const envelope = fc.record(
      {
        specversion: fc.oneof(fc.constantFrom('1.0', '0.3'), anything),
        id: anything,
        source: anything,
        type: fc.oneof(
          fc.constantFrom('order.placed', 'a.b', 'A.b', 'order', 'touchpoint.duplicated', 'x.y\n'),
          anything,
        ),
        time: fc.oneof(fc.constantFrom('2024-05-01T12:00:00Z', '2024-05-01'), anything),
        sentat: anything,
        correlationid: anything,
        data: fc.oneof({ weight: 4, arbitrary: data.map((change) => ({ ...input.data, ...change })) }, anything),
        traceparent: anything,
        notLower: anything,
      },
      { requiredKeys: [] },
    );
    const single = envelope.chain((change) =>
      Object.keys(change).length === 0
        ? fc.constant({})
        : fc.constantFrom(...Object.entries(change)).map(([name, value]) => ({ [name]: value })),
    );
    let good = 0;
    fc.assert(
      fc.property(fc.oneof(single, { weight: 1, arbitrary: envelope }), (change) => {
        const candidate = { ...input, ...change };
        const accepted = isTouchpoint(candidate);
        if (accepted) good++;
        expect([accepted, faultsOf(candidate).length === 0]).toEqual([accepted, accepted]);
      }),
      { numRuns: 3_000 },
    );
    expect(good).toBeGreaterThan(100);
  });
});

test('both refuse a duplicate that a channel reports: only identity finds them', () => {
  const candidate = exampleOf('touchpoint.duplicated');
  expect([isTouchpoint(candidate), faultsOf(candidate)]).toEqual([false, [expect.stringMatching(/reserved/)]]);
});

test('a fault deep in a long list is told in the schema’s words', () => {
  const items = Array.from({ length: 200 }, (_, n) => (n === 150 ? {} : { productId: 'p' }));
  const candidate = { ...exampleOf('order.placed'), data: { facts: { orderId: '1', items } } };
  expect(isTouchpoint(candidate)).toBe(false);
  expect(whyNot(candidate)).toBe("data.facts.items.150 must have required property 'productId'.");
});
