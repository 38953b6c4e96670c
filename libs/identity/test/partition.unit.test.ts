import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { IdentityRules } from '../src/index.ts';
import { fromScratch } from './from-scratch.ts';
import { history, partition, play, said, type Happening } from './history.ts';
import { World } from './world.ts';

/** Rules so tight that a handful of events breaks each of them. */
const TIGHT: IdentityRules = {
  name: 'tight',
  version: 1,
  maxKeys: 7,
  types: {
    client: { kind: 'person', priority: 1, unique: true },
    email: { kind: 'person', priority: 3, limit: 2, maxNeighbours: { person: 3, matter: 2 } },
    phone: { kind: 'person', priority: 3, limit: 2, maxNeighbours: { person: 2 } },
    order: { kind: 'matter', priority: 5, maxNeighbours: { person: 3 } },
    device: { kind: 'device', priority: 9, maxNeighbours: { person: 3 } },
    visitor: { kind: 'device', priority: 9 },
  },
  unlisted: { kind: 'person', priority: 4, limit: 3 },
  blocked: [{ type: 'phone', value: 'phone-0' }],
};

/** Rules under which one link pushes out the next, which pushes out the next: what changes in one place is felt far off. */
const CHAINED: IdentityRules = {
  name: 'chained',
  version: 1,
  maxKeys: 100,
  types: Object.fromEntries(['a', 'b', 'c', 'd'].map((type) => [type, { kind: 'person', priority: 1, unique: true }])),
  unlisted: { kind: 'person', priority: 1 },
  blocked: [],
};

const chain = fc
  .array(fc.tuple(fc.nat(30), fc.constantFrom('ab', 'bc', 'cd', 'ac', 'bd'), fc.nat(3), fc.nat(3)), {
    minLength: 4,
    maxLength: 30,
  })
  .map((links) =>
    links.map(([occurredAt, types, one, two], n): Happening => {
      const keys = [one, two].map((name, side) => ({ type: types[side]!, key: `${types[side]!}-${name}` }));
      return { kind: 'touch', sent: { id: `t${n}`, occurredAt, keys } };
    }),
  )
  .chain((touches) =>
    fc
      .array(fc.nat(touches.length - 1), { maxLength: 4 })
      .map((wrong) => [...touches, ...wrong.map((n): Happening => ({ kind: 'retract', id: `t${n}` }))]),
  );

test('the partition is a function of observations, requests and rules: any order, any batches, restarts and undoing included', () => {
  fc.assert(
    fc.property(history, ({ happenings, commits, remembered }) => {
      const world = new World(TIGHT, remembered);
      world.subjectOf = (id) => said(happenings).touchpoints.find((sent) => sent.id === id)?.keys[0]!.key ?? '';
      happenings.forEach((happening, n) => {
        play(world, happening);
        const then = commits[n % commits.length];
        if (then) world[then]();
      });
      const expected = fromScratch(said(happenings), TIGHT);
      const all = expected.flat();
      expect(partition(all, (id) => world.standsWith(id))).toEqual(expected);
      expect(partition(all, (id) => world.customerOf(id))).toEqual(expected);
      for (const id of all) expect(world.graph.members(world.standsWith(id))).toContain(id);
    }),
    { numRuns: Number(process.env['FC_RUNS'] ?? 1500) },
  );
});

test('a change whose effects go from customer to customer is followed to the end', () => {
  fc.assert(
    fc.property(chain, (happenings) => {
      const world = new World(CHAINED);
      for (const happening of happenings) play(world, happening);
      const expected = fromScratch(said(happenings), CHAINED);
      expect(partition(expected.flat(), (id) => world.customerOf(id))).toEqual(expected);
    }),
    { numRuns: Number(process.env['FC_RUNS'] ?? 1500) },
  );
});

test('the decisions, folded, agree with the graph after every single cause', () => {
  fc.assert(
    fc.property(history, ({ happenings }) => {
      const world = new World(TIGHT);
      const known = new Set<string>();
      for (const happening of happenings) {
        play(world, happening);
        if (happening.kind === 'touch') for (const { key } of happening.sent.keys) known.add(key);
        for (const id of known) expect(world.customerOf(id)).toBe(world.standsWith(id));
      }
    }),
    { numRuns: 300 },
  );
});
