import type { Key } from '@throughline/contracts';
import type { IdentityRules, TypeRule } from '../src/index.ts';
import type { Sent } from './world.ts';

/** Everything that was ever said, in no order. */
export interface Said {
  readonly touchpoints: readonly Sent[];
  readonly retracted: ReadonlySet<string>;
  readonly links: ReadonlyMap<string, { readonly at: number; readonly a: Key; readonly b: Key }>;
  readonly splits: ReadonlyMap<string, { readonly apart: readonly Key[]; readonly rest: readonly Key[] }>;
  readonly undone: ReadonlySet<string>;
}

/** The law written a second time, as plainly as possible, on the whole set at once: which keys are together. */
export function fromScratch(said: Said, rules: IdentityRules): string[][] {
  const types = new Map<string, string>();
  const note = ({ type, key }: Key) => void types.set(key, type);
  const rule = (key: string): TypeRule => rules.types[types.get(key)!] ?? rules.unlisted;
  const blocked = new Set(rules.blocked.map(({ value }) => value));

  const evidence = new Map<string, { a: string; b: string; seen: [number, string][]; links: [number, string][] }>();
  const between = (x: string, y: string) => {
    const [a, b] = [x, y].sort() as [string, string];
    if (!evidence.has(a + b)) evidence.set(a + b, { a, b, seen: [], links: [] });
    return evidence.get(a + b)!;
  };
  for (const { id, occurredAt, keys } of said.touchpoints) {
    keys.forEach(note);
    const [home, ...others] = keys;
    if (said.retracted.has(id)) continue;
    for (const { key } of others) {
      const isNobodys = blocked.has(home!.key) || blocked.has(key);
      if (key !== home!.key && !isNobodys) between(home!.key, key).seen.push([occurredAt, id]);
    }
  }
  for (const [id, { a, b, at }] of said.links) {
    [a, b].forEach(note);
    if (!said.undone.has(id) && a.key !== b.key) between(a.key, b.key).links.push([at, id]);
  }
  for (const { apart, rest } of said.splits.values()) [...apart, ...rest].forEach(note);
  const splits = [...said.splits]
    .filter(([id]) => !said.undone.has(id))
    .map(([, { apart, rest }]) => {
      const left = new Set(apart.map(({ key }) => key));
      return { left, right: new Set(rest.map(({ key }) => key).filter((key) => !left.has(key))) };
    });

  const degree = (key: string, kind: string) =>
    [...evidence.values()].filter(
      ({ a, b, seen }) =>
        seen.length > 0 && ((a === key && rule(b).kind === kind) || (b === key && rule(a).kind === kind)),
    ).length;
  const over = (key: string, kind: 'person' | 'matter' | 'device') =>
    degree(key, kind) > (rule(key).maxNeighbours?.[kind] ?? Infinity);
  const least = (list: [number, string][]) => [...list].sort((x, y) => x[0] - y[0] || (x[1] < y[1] ? -1 : 1))[0]!;

  const links = [];
  for (const { a, b, seen, links: said } of evidence.values()) {
    if (blocked.has(a) || blocked.has(b)) continue;
    const joins = said.length > 0 || (rule(a).kind !== 'device' && rule(b).kind !== 'device');
    if (said.length > 0) links.push({ a, b, joins, rank: [0, ...least(said), a, b] });
    else if (
      seen.length > 0 &&
      !over(a, 'person') &&
      !over(b, 'person') &&
      !over(a, rule(b).kind) &&
      !over(b, rule(a).kind)
    ) {
      links.push({ a, b, joins, rank: [Math.max(rule(a).priority, rule(b).priority), ...least(seen), a, b] });
    }
  }
  links.sort((x, y) => {
    const n = x.rank.findIndex((part, i) => part !== y.rank[i]);
    return n < 0 ? 0 : x.rank[n]! < y.rank[n]! ? -1 : 1;
  });

  const sets = new Map([...types.keys()].map((key) => [key, new Set([key])]));
  const people = (set: Set<string>) => [...set].some((key) => rule(key).kind === 'person');
  for (const { a, b, joins } of links) {
    const [x, y] = [sets.get(a)!, sets.get(b)!];
    if (x === y) continue;
    const both = new Set([...x, ...y]);
    const count = (type: string) => [...both].filter((key) => types.get(key) === type).length;
    const breaks =
      both.size > rules.maxKeys ||
      (!joins && people(x) && people(y)) ||
      [...both].some((key) => count(types.get(key)!) > (rule(key).unique ? 1 : (rule(key).limit ?? Infinity))) ||
      splits.some(
        ({ left, right }) => [...both].some((key) => left.has(key)) && [...both].some((key) => right.has(key)),
      );
    if (!breaks) for (const key of both) sets.set(key, both);
  }
  return [...new Set(sets.values())].map((set) => [...set].sort()).sort((x, y) => (x[0]! < y[0]! ? -1 : 1));
}
