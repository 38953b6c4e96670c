import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { keyOf, type IdentityDiff, type Position } from '@throughline/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  compareIdentities,
  DEFAULT_RULES,
  evolvePartition,
  initialPartition,
  readRules,
  type IdentityRules,
  type Told,
} from '../src/index.ts';
import { isBankThere, readBank } from './bank.ts';
import { World, type Sent } from './world.ts';

const EXAMPLE = new URL('../../../examples/definitions/identity-rules-v2.json', import.meta.url);
const document = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as { readonly $schema: string };
const rules = readRules(document);

const key = (type: string, value: string) => ({ type, key: keyOf(Buffer.alloc(32, 7), { type, value }) });

/** By the shipped rules, and by the example's. */
function compared(touchpoints: readonly Sent[]): { diff: IdentityDiff; before: World; after: World } {
  const by = (rules: IdentityRules) => {
    const world = new World(rules, 100_000);
    for (const touchpoint of touchpoints) world.touch(touchpoint);
    return world;
  };
  const [before, after] = [by(DEFAULT_RULES), by(rules)];
  const folded = ({ decisions }: World) => (decisions as readonly Told[]).reduce(evolvePartition, initialPartition());
  const names = { from: 'v1', to: 'v2', position: '0000000000000fff' as Position };
  return { diff: compareIdentities(names, folded(before), folded(after)), before, after };
}

describe('the example of other identity rules', () => {
  test('is what its schema describes, and differs from the shipped rules by what it says of phones alone', () => {
    const schema = JSON.parse(readFileSync(new URL(document.$schema, EXAMPLE), 'utf8')) as object;
    expect(new Ajv2020({ strict: false }).validate(schema, document)).toBe(true);
    const { phone, ...types } = rules.types;
    const { phone: _, ...shipped } = DEFAULT_RULES.types;
    expect(types).toEqual(shipped);
    expect(phone).toMatchObject({ kind: 'device' });
    expect([rules.maxKeys, rules.unlisted, rules.blocked]).toEqual([
      DEFAULT_RULES.maxKeys,
      DEFAULT_RULES.unlisted,
      DEFAULT_RULES.blocked,
    ]);
  });

  test('makes two of a household that has one phone', () => {
    const [anna, ben, phone] = [key('email', 'anna@a.example'), key('email', 'ben@b.example'), key('phone', '+49301')];
    const { diff, before, after } = compared([
      { id: '1', occurredAt: 1, keys: [anna, phone] },
      { id: '2', occurredAt: 2, keys: [ben, phone] },
    ]);
    expect(before.customerOf(ben.key)).toBe(anna.key);
    expect([after.customerOf(ben.key), after.customerOf(phone.key)]).toEqual([ben.key, anna.key]);
    expect(diff).toMatchObject({ moved: 3, split: 1, merged: 0, refused: [{ reason: 'shared', from: 0, to: 1 }] });
  });

  (isBankThere ? test : test.skip)(
    'takes the third phone from those clients of the retail bank who called from more than two',
    () => {
      const { touchpoints, calls, onFile } = readBank();
      // By the files alone: whose complaint was it that somebody called about, from a number that nobody gave.
      const complained = new Map(
        touchpoints
          .filter(({ id }) => id.startsWith('complaint-'))
          .map(({ keys: [client, complaint] }) => [complaint!.key, client!.key]),
      );
      const phones = new Map<string, Set<string>>();
      const add = (client: string, phone: string) =>
        void phones.set(client, (phones.get(client) ?? new Set()).add(phone));
      for (const [phone, client] of onFile) add(client, phone);
      for (const { phone, complaint } of calls)
        if (complaint !== undefined && !onFile.has(phone)) add(complained.get(complaint)!, phone);
      const beyond = [...phones.values()].filter(({ size }) => size > 2);
      expect(beyond.map(({ size }) => size)).toEqual(Array(9).fill(3));

      const { diff } = compared(touchpoints);
      expect(diff).toMatchObject({
        customers: { from: 5369, to: 5369 },
        split: beyond.length,
        merged: 0,
        refused: [{ reason: 'limit', from: 0, to: beyond.length }],
      });
      expect(diff.examples.split).toHaveLength(beyond.length);
      for (const { keys, first } of diff.examples.split) expect(first.map(({ keys }) => keys)).toEqual([keys - 1, 1]);
    },
  );
});
