import type { EdgeRecord, Evidence, Rank } from '@throughline/contracts';
import type { Rules } from './rules.ts';

/** What stewards say is believed before any observation. */
const STEWARD = 0;

/** By time, then event id: which of two pieces of evidence comes first, whenever they arrived. */
export function compareEvidence(a: Evidence, b: Evidence): number {
  return a.at - b.at || compareText(a.id, b.id);
}

export function compareRank(x: Rank, y: Rank): number {
  return x[0] - y[0] || x[1] - y[1] || compareText(x[2], y[2]) || compareText(x[3], y[3]) || compareText(x[4], y[4]);
}

/** The weaker of two ranks, where there are any. */
export function weaker(x: Rank | undefined, y: Rank | undefined): Rank | undefined {
  if (!x || !y) return x ?? y;
  return compareRank(x, y) < 0 ? y : x;
}

/** Where a link stands in the order of acceptance; undefined when nothing speaks for it any more. */
export function rankOf(
  edge: EdgeRecord,
  a: string,
  typeA: string,
  b: string,
  typeB: string,
  rules: Rules,
): Rank | undefined {
  let [least] = edge.links;
  for (const link of edge.links) if (compareEvidence(link, least!) < 0) least = link;
  const [low, high] = a < b ? [a, b] : [b, a];
  if (least) return [STEWARD, least.at, least.id, low, high];
  return edge.first && [rules.priority(typeA, typeB), edge.first.at, edge.first.id, low, high];
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
