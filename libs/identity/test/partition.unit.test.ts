import { expect, test } from '@jest/globals';
import { compareForHome, type Key } from '@throughline/contracts';
import * as fc from 'fast-check';
import type { IdentityRules } from '../src/index.ts';
import { fromScratch, type Said } from './from-scratch.ts';
import { World, type Sent } from './world.ts';

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

const key: fc.Arbitrary<Key> = fc
  .tuple(fc.constantFrom('client', 'email', 'email', 'phone', 'order', 'device', 'visitor', 'nickname'), fc.nat(3))
  .map(([type, n]) => ({ type, key: `${type}-${n}` }));
const keys = (max: number) => fc.uniqueArray(key, { minLength: 1, maxLength: max, selector: (each) => each.key });

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

type Happening =
  | { readonly kind: 'touch'; readonly sent: Sent }
  | { readonly kind: 'retract'; readonly id: string }
  | { readonly kind: 'link'; readonly id: string; readonly at: number; readonly a: Key; readonly b: Key }
  | { readonly kind: 'split'; readonly id: string; readonly apart: Key[]; readonly rest: Key[] }
  | { readonly kind: 'undo'; readonly id: string };

const history = fc
  .record({
    touches: fc.array(fc.record({ at: fc.nat(4), keys: keys(4) }), { minLength: 1, maxLength: 24 }),
    links: fc.array(fc.record({ at: fc.nat(4), a: key, b: key }), { maxLength: 3 }),
    splits: fc.array(fc.record({ apart: keys(2), rest: keys(4) }), { maxLength: 3 }),
    retracted: fc.array(fc.nat(23), { maxLength: 4 }),
    undone: fc.array(fc.nat(5), { maxLength: 3 }),
  })
  .chain(({ touches, links, splits, retracted, undone }) => {
    const happenings: Happening[] = [
      ...touches.map(({ at, keys }, n): Happening => ({
        kind: 'touch',
        sent: { id: `t${n}`, occurredAt: at, keys: [...keys].sort(compareForHome) },
      })),
      ...links.map((link, n): Happening => ({ kind: 'link', id: `r${n}`, ...link })),
      ...splits.map((split, n): Happening => ({ kind: 'split', id: `r${n + 3}`, ...split })),
      ...retracted.map((n): Happening => ({ kind: 'retract', id: `t${n}` })),
      ...undone.map((n): Happening => ({ kind: 'undo', id: `r${n}` })),
    ];
    return fc.record({
      happenings: fc.shuffledSubarray(happenings, { minLength: happenings.length }),
      commits: fc.array(fc.constantFrom('commit', 'restart', undefined), { minLength: 1, maxLength: 12 }),
      remembered: fc.constantFrom(4, 1000),
    });
  });

function play(world: World, happening: Happening): void {
  const request = { author: 'a steward', reason: 'a reason' };
  if (happening.kind === 'touch') world.touch(happening.sent);
  if (happening.kind === 'retract') world.retract(happening.id);
  if (happening.kind === 'link') {
    const { id, at, a, b } = happening;
    world.request(id, 'identity.link-requested', at, { ...request, a: { ...a }, b: { ...b } });
  }
  if (happening.kind === 'split') {
    const { id, apart, rest } = happening;
    world.request(id, 'identity.split-requested', 0, {
      ...request,
      apart: apart.map((k) => ({ ...k })),
      rest: rest.map((k) => ({ ...k })),
    });
  }
  if (happening.kind === 'undo')
    world.request(`undo-${happening.id}`, 'identity.request-undone', 0, { ...request, requestId: happening.id });
}

function said(happenings: readonly Happening[]): Said {
  const of = <K extends Happening['kind']>(kind: K) =>
    happenings.filter((each): each is Extract<Happening, { kind: K }> => each.kind === kind);
  return {
    touchpoints: of('touch').map(({ sent }) => sent),
    retracted: new Set(of('retract').map(({ id }) => id)),
    links: new Map(of('link').map(({ id, ...link }) => [id, link])),
    splits: new Map(of('split').map(({ id, apart, rest }) => [id, { apart, rest }])),
    undone: new Set(of('undo').map(({ id }) => id)),
  };
}

function partition(ids: Iterable<string>, customerOf: (key: string) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const id of ids) groups.set(customerOf(id), [...(groups.get(customerOf(id)) ?? []), id].sort());
  return [...groups.values()].sort((x, y) => (x[0]! < y[0]! ? -1 : 1));
}

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
