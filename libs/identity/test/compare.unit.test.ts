import { describe, expect, test } from '@jest/globals';
import type { Position } from '@throughline/contracts';
import * as fc from 'fast-check';
import {
  compareIdentities,
  evolvePartition,
  initialPartition,
  type IdentityRules,
  type Partition,
  type Told,
} from '../src/index.ts';
import { history, play, said, type Happening } from './history.ts';
import { plainCompare } from './plain-compare.ts';
import { World } from './world.ts';

const NAMES = { from: 'v1', to: 'v2', position: '0000000000000fff' as Position };

/** Rules of any strictness, so two of them disagree about much. */
const rules = (version: number): fc.Arbitrary<IdentityRules> => {
  const most = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
  const person = fc
    .record({ unique: fc.boolean(), limit: most(4), neighbours: most(4), priority: fc.integer({ min: 1, max: 6 }) })
    .map(({ unique, limit, neighbours, priority }) => ({
      kind: 'person' as const,
      priority,
      unique,
      ...(limit && { limit }),
      ...(neighbours && { maxNeighbours: { person: neighbours } }),
    }));
  return fc
    .record({
      client: person,
      email: person,
      phone: person,
      unlisted: person,
      maxKeys: fc.integer({ min: 2, max: 12 }),
    })
    .map(({ unlisted, maxKeys, ...types }) => ({
      name: 'any',
      version,
      maxKeys,
      types: {
        ...types,
        order: { kind: 'matter', priority: 5, maxNeighbours: { person: 3 } },
        device: { kind: 'device', priority: 9, maxNeighbours: { person: 3 } },
        visitor: { kind: 'device', priority: 9 },
      },
      unlisted,
      blocked: version === 1 ? [] : [{ type: 'phone', value: 'phone-0' }],
    }));
};

function resolved(happenings: readonly Happening[], document: IdentityRules): World {
  const world = new World(document);
  world.subjectOf = (id) => said(happenings).touchpoints.find((sent) => sent.id === id)?.keys[0]!.key ?? '';
  for (const happening of happenings) play(world, happening);
  return world;
}

const folded = (decisions: World['decisions']): Partition =>
  decisions.reduce((partition, told) => evolvePartition(partition, told as Told), initialPartition());

const keysIn = (happenings: readonly Happening[]) => [
  ...new Set(
    happenings
      .flatMap((happening) => {
        if (happening.kind === 'touch') return happening.sent.keys;
        if (happening.kind === 'link') return [happening.a, happening.b];
        return happening.kind === 'split' ? [...happening.apart, ...happening.rest] : [];
      })
      .map(({ key }) => key),
  ),
];

describe('two versions of identity, compared by what they decided', () => {
  test('differ as their graphs do: retractions, splits and undoing included', () => {
    fc.assert(
      fc.property(history, rules(1), rules(2), ({ happenings }, one, other) => {
        const [before, after] = [resolved(happenings, one), resolved(happenings, other)];
        const graph = (world: World) => ({
          customerOf: (key: string) => world.standsWith(key),
          decisions: world.decisions,
        });
        expect(compareIdentities(NAMES, folded(before.decisions), folded(after.decisions))).toEqual(
          plainCompare(NAMES, keysIn(happenings).sort(), graph(before), graph(after)),
        );
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 600) },
    );
  });

  test('differ at any position as graphs do that have seen no more', () => {
    const one = fc.sample(rules(1), { seed: 1, numRuns: 1 })[0]!;
    fc.assert(
      fc.property(history, rules(2), fc.nat(40), ({ happenings }, other, n) => {
        const seen = happenings.slice(0, n);
        const upTo = String(seen.length).padStart(16, '0');
        const until = (world: World) => folded(world.decisions.filter(({ data }) => data.cause <= upTo));
        const by = (document: IdentityRules) =>
          compareIdentities(NAMES, until(resolved(happenings, one)), until(resolved(happenings, document)));
        const graph = (document: IdentityRules) => {
          const world = resolved(happenings, document);
          const then = new World(document);
          then.subjectOf = world.subjectOf;
          for (const happening of seen) play(then, happening);
          return { customerOf: (key: string) => then.standsWith(key), decisions: then.decisions };
        };
        expect(by(other)).toEqual(plainCompare(NAMES, keysIn(happenings).sort(), graph(one), graph(other)));
      }),
      { numRuns: 200 },
    );
  });

  test('do not differ where the same rules bear another number', () => {
    fc.assert(
      fc.property(history, rules(1), ({ happenings }, one) => {
        const [before, after] = [resolved(happenings, one), resolved(happenings, { ...one, version: 2 })];
        const diff = compareIdentities(NAMES, folded(before.decisions), folded(after.decisions));
        expect([diff.moved, diff.split, diff.merged, diff.examples]).toEqual([0, 0, 0, { split: [], merged: [] }]);
        for (const { from, to } of [diff.customers, diff.largest, ...diff.sizes, ...diff.refused])
          expect(from).toEqual(to);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a report', () => {
  const linked = (customer: string, keys: readonly string[]): Told => ({
    type: 'keys.linked',
    data: { cause: '1', causeId: 'x', customer, keys: keys.map((key) => ({ type: 'email', key })) },
  });
  const told = (decisions: readonly Told[]) => decisions.reduce(evolvePartition, initialPartition());
  const name = (n: number) => String(n).padStart(3, '0');
  const sizes = [2, 3, 4, 5, 8, 9, 16, 17, 40];
  const customer = (size: number) =>
    linked(
      `c${name(size)}`,
      Array.from({ length: size - 1 }, (_, n) => `k${name(size)}-${name(n)}`),
    );

  test('counts customers by how many keys they have, to the end of each bar', () => {
    const { sizes: bars } = compareIdentities(NAMES, told(sizes.map(customer)), initialPartition());
    expect(bars.map(({ least, most, from, to }) => [least, most, from, to])).toEqual([
      [2, 2, 1, 0],
      [3, 3, 1, 0],
      [4, 4, 1, 0],
      [5, 8, 2, 0],
      [9, 16, 2, 0],
      [17, null, 2, 0],
    ]);
  });

  test('names the 20 largest that are split and 10 parts of each, however many there are', () => {
    const many = Array.from({ length: 50 }, (_, n) => customer(n + 2));
    const { split, examples, largest } = compareIdentities(NAMES, told(many), initialPartition());
    expect(split).toBe(50);
    expect(largest).toEqual({ from: { customer: 'c051', keys: 51 }, to: null });
    expect(examples.split.map(({ customer }) => customer)).toEqual(
      Array.from({ length: 20 }, (_, n) => `c${name(51 - n)}`),
    );
    expect(examples.split[0]).toMatchObject({ keys: 51, parts: 51 });
    expect(examples.split[0]!.first.map(({ customer }) => customer)).toEqual([
      'c051',
      ...Array.from({ length: 9 }, (_, n) => `k051-${name(n)}`),
    ]);
  });
});
