import { pause } from '@throughline/runtime';
import type { Condition } from '../../rsql/condition.ts';
import type { Views } from '../../views.ts';
import { entriesOf, rangesOf } from './scans.ts';

/** Up to so many candidates are looked at one by one; beyond it, the sorted index is walked instead. */
const FEW = 2_000;

/**
 * Every customer of whom a condition may be true, when the indexes can show that they are few: the most selective part of an
 * `and`, all parts of an `or` together. Undefined when they are many.
 */
export async function fewCandidates(views: Views, condition: Condition): Promise<ReadonlySet<string> | undefined> {
  const candidates = async (c: Condition): Promise<Set<string> | undefined> => {
    if (c.kind === 'and') return smallest(await each(c.parts));
    if (c.kind === 'or') return union(await each(c.parts));
    const found = new Set<string>();
    for (const range of rangesOf(c)) {
      for await (const entries of entriesOf(views, range)) {
        for (const { customer } of entries) found.add(customer);
        if (found.size > FEW) return undefined;
        await pause();
      }
    }
    return found;
  };
  const each = async (parts: readonly Condition[]) => {
    const sets: (Set<string> | undefined)[] = [];
    for (const part of parts) sets.push(await candidates(part));
    return sets;
  };
  return candidates(condition);
}

function smallest(sets: readonly (Set<string> | undefined)[]): Set<string> | undefined {
  let best: Set<string> | undefined;
  for (const set of sets) if (set && (!best || set.size < best.size)) best = set;
  return best;
}

function union(sets: readonly (Set<string> | undefined)[]): Set<string> | undefined {
  const all = new Set<string>();
  for (const set of sets) {
    if (!set) return undefined;
    for (const customer of set) all.add(customer);
  }
  return all.size > FEW ? undefined : all;
}
