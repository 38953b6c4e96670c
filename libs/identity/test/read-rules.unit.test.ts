import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { problemCode } from '@throughline/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { DEFAULT_RULES, readRules } from '../src/index.ts';

const SCHEMA = new URL('../src/definitions/identity-rules.schema.json', import.meta.url);
const describes = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);

type Json = Record<string, unknown>;

/** What others would send: the shipped rules under a number of their own. */
const GIVEN = { ...DEFAULT_RULES, version: 2 } as unknown as Json;

function reads(document: unknown): boolean {
  try {
    readRules(document);
    return true;
  } catch (error) {
    expect(problemCode(error)).toBe('invalid-definition');
    return false;
  }
}

const refusal = (document: unknown): unknown => {
  try {
    return readRules(document);
  } catch (error) {
    return (error as { detail?: string }).detail;
  }
};

/** Every place of a document: the ways to it. */
function placesOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...at, name]))];
}

/** A copy in which something else stands at the place; `undefined`: nothing. */
function withAt(document: unknown, place: readonly string[], value: unknown): unknown {
  if (place.length === 0) return value;
  const copy = structuredClone(document) as Json;
  const parent = place.slice(0, -1).reduce((inner, name) => inner[name] as Json, copy);
  const last = place.at(-1)!;
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}

const ANYTHING: readonly unknown[] = [
  undefined,
  null,
  true,
  '',
  'person',
  'device',
  'kind',
  0,
  1,
  2,
  2.5,
  -1,
  30,
  1_000_000,
  1_000_001,
  1e300,
  [],
  {},
  ['x'],
  { x: 1 },
  { kind: 'person', priority: 1 },
  { type: 'email', value: 'a@b' },
  [{ type: 'email' }],
];

/** What stands at the place; undefined where there is no such place. */
function at(document: unknown, place: readonly string[]): unknown {
  let value = document;
  for (const name of place) value = (value as Json | null | undefined)?.[name];
  return value;
}

describe('rules from outside', () => {
  test('are read where the schema describes them, and refused where it does not, whatever is changed where', () => {
    const places = placesOf(GIVEN);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), fc.constantFrom('', 'extra'), fc.constantFrom(...ANYTHING)), {
          minLength: 1,
          maxLength: 2,
        }),
        (changes) => {
          let document: unknown = GIVEN;
          for (const [place, extra, value] of changes) {
            const [parent, there] = extra ? [place, [...place, extra]] : [place.slice(0, -1), place];
            const target = at(document, parent);
            if (there.length > 0 && (typeof target !== 'object' || target === null)) continue;
            if (Array.isArray(target) && extra) continue;
            document = withAt(document, there, value);
          }
          document = JSON.parse(JSON.stringify(document) ?? 'null');
          fc.pre(!isBeyondTheSchema(document));
          expect([reads(document), document]).toEqual([describes(document), document]);
        },
      ),
      { numRuns: Number(process.env['FC_RUNS'] ?? 3000) },
    );
  });

  test('bear a number of their own: 1 is that of the rules that come along', () => {
    expect(describes(DEFAULT_RULES)).toBe(true);
    expect(refusal(DEFAULT_RULES)).toBe('version: expected a number from 2 to 1000000.');
  });

  test('are refused where a device is as strong as a person, for then its links could join people first', () => {
    const rules = withAt(GIVEN, ['types', 'session', 'priority'], 10);
    expect(refusal(rules)).toMatch(/^types: expected every device to have a weaker/);
  });

  test.each([
    [['types', 'email', 'maxNeighbors'], { person: 3 }, /^types\.email: expected only kind, .*, not maxNeighbors\.$/],
    [
      ['types', 'email', 'maxNeighbours', 'people'],
      3,
      /^types\.email\.maxNeighbours: expected only person, .*, not people\.$/,
    ],
    [['types', 'phone', 'limit'], 2.5, /^types\.phone\.limit: expected a whole number\.$/],
    [['maxkeys'], 5, /^rules: expected only .*, not maxkeys\.$/],
    [['blocked', '0', 'value'], 7, /^blocked\[0\]\.value: expected a text\.$/],
    [['unlisted', 'kind'], 'human', /^unlisted\.kind: expected one of person, matter, device\.$/],
  ])('name the place that is not understood: %j', (place, value, why) => {
    expect(refusal(withAt(GIVEN, place, value))).toMatch(why);
  });
});

/** What no schema says: numbers that are compared with each other, and whose rules they are. */
function isBeyondTheSchema(document: unknown): boolean {
  const rules = document as { version?: unknown };
  if (rules?.version === 1) return true;
  const described = describes(document);
  return described && /every device/.test(String(refusal(document)));
}
