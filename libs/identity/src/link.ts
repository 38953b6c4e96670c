import { KEY_KINDS, type IdentityGraph, type KeyKind, type KeyRecord } from '@throughline/contracts';
import type { Candidate } from './accept.ts';
import { rankOf } from './rank.ts';
import type { Rules } from './rules.ts';

/** Whether a key was seen with more keys of a kind than its rule believes. */
export function isHub(record: KeyRecord, kind: KeyKind, rules: Rules): boolean {
  return record.neighbours[kind] > (rules.of(record.type).maxNeighbours?.[kind] ?? Infinity);
}

/** Whether having been seen with a key of this kind says anything about the key. */
function believed(record: KeyRecord, kind: KeyKind, rules: Rules): boolean {
  return !isHub(record, 'person', rules) && !isHub(record, kind, rules);
}

/** The link between two keys as it may be accepted; undefined when nothing believable speaks for it. A steward's word is believed of a hub too. */
export function linkBetween(graph: IdentityGraph, rules: Rules, a: string, b: string): Candidate | undefined {
  const edge = graph.edge(a, b);
  if (!edge) return undefined;
  const keyA = graph.key(a)!;
  const keyB = graph.key(b)!;
  const [kindA, kindB] = [rules.kind(keyA.type), rules.kind(keyB.type)];
  const linked = edge.links.length > 0;
  if (!linked && !(believed(keyA, kindB, rules) && believed(keyB, kindA, rules))) return undefined;
  const rank = rankOf(edge, a, keyA.type, b, keyB.type, rules);
  return rank && { a, b, rank, joins: linked || (kindA !== 'device' && kindB !== 'device') };
}

/** Every link of a key that may be accepted. A hub's neighbours, which can be millions, are not even listed. */
export function* linksOf(graph: IdentityGraph, rules: Rules, key: string): Iterable<Candidate> {
  const record = graph.key(key)!;
  const others = new Set(record.links);
  for (const kind of KEY_KINDS) {
    if (believed(record, kind, rules)) for (const other of graph.neighbours(key, kind)) others.add(other);
  }
  for (const other of others) {
    const link = linkBetween(graph, rules, key, other);
    if (link) yield link;
  }
}
