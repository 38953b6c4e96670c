/** Small worlds of random events, and what came of them. */
import { compareForHome, type Key } from '@throughline/contracts';
import * as fc from 'fast-check';
import type { Said } from './from-scratch.ts';
import type { Sent, World } from './world.ts';

const key: fc.Arbitrary<Key> = fc
  .tuple(fc.constantFrom('client', 'email', 'email', 'phone', 'order', 'device', 'visitor', 'nickname'), fc.nat(3))
  .map(([type, n]) => ({ type, key: `${type}-${n}` }));
const keys = (max: number) => fc.uniqueArray(key, { minLength: 1, maxLength: max, selector: (each) => each.key });

export type Happening =
  | { readonly kind: 'touch'; readonly sent: Sent }
  | { readonly kind: 'retract'; readonly id: string }
  | { readonly kind: 'link'; readonly id: string; readonly at: number; readonly a: Key; readonly b: Key }
  | { readonly kind: 'split'; readonly id: string; readonly apart: Key[]; readonly rest: Key[] }
  | { readonly kind: 'undo'; readonly id: string };

export const history = fc
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

export function play(world: World, happening: Happening): void {
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

/** All of it, in no order. */
export function said(happenings: readonly Happening[]): Said {
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

/** The ids by whom they stand with, each group and the whole in order. */
export function partition(ids: Iterable<string>, customerOf: (key: string) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const id of ids) groups.set(customerOf(id), [...(groups.get(customerOf(id)) ?? []), id].sort());
  return [...groups.values()].sort((x, y) => (x[0]! < y[0]! ? -1 : 1));
}
