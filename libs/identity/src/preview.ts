import type { IdentityGraph, Key, LinkRefused, Position, RefusalReason } from '@throughline/contracts';
import type { RequestEvent } from './requests.ts';
import { Resolver } from './resolver.ts';
import type { Rules } from './rules.ts';
import { WorkingGraph } from './working-graph.ts';

export interface CustomerKeys {
  readonly id: string;
  readonly keys: readonly Key[];
}

/** What a request would change. */
export interface Preview {
  /** The customers it would touch, as they are and as they would be. */
  readonly before: readonly CustomerKeys[];
  readonly after: readonly CustomerKeys[];
  readonly moved: readonly (Key & { readonly from: string; readonly to: string })[];
  readonly refused: readonly { readonly a: Key; readonly b: Key; readonly reason: RefusalReason }[];
}

/** Plays a request on the graph, changes nothing, and says what would be different. */
export function preview(graph: IdentityGraph, rules: Rules, { id, type, data }: RequestEvent, at: number): Preview {
  const played = new WorkingGraph(graph);
  const decisions = new Resolver(played, rules).request({ id, position: AFTER_ALL, recordedAt: at }, type, at, data);

  const named = (key: string): Key => ({ type: played.key(key)!.type, key });
  const customerBefore = (key: string) => graph.key(key)?.customer ?? key;
  const customers = (of: IdentityGraph, ids: Iterable<string>): CustomerKeys[] =>
    [...new Set(ids)].sort().map((id) => ({
      id,
      keys: of
        .members(id)
        .filter((key) => played.key(key))
        .map(named),
    }));

  const moved = decisions.flatMap(({ data }) =>
    data.keys.map(({ type, key }) => ({ type, key, from: customerBefore(key), to: data.customer as string })),
  );
  const refused = decisions
    .filter(({ type }) => type === 'link.refused')
    .map(({ data }) => data as LinkRefused)
    .map(({ a, b, reason }) => ({ a: named(a.key), b: named(b.key), reason }));
  const touched = [
    ...moved.map(({ key }) => key),
    ...moved.map(({ to }) => to),
    ...namedBy({ id, type, data } as RequestEvent),
  ];
  const before = new Set(touched.filter((key) => played.key(key)).map(customerBefore));
  const stayed = [...before].flatMap((customer) => graph.members(customer)).filter((key) => played.key(key));
  const after = new Set(
    [...stayed, ...touched.filter((key) => played.key(key))].map((key) => played.key(key)!.customer),
  );
  return { before: customers(graph, before), after: customers(played, after), moved, refused };
}

function namedBy({ type, data }: RequestEvent): string[] {
  if (type === 'identity.link-requested') return [data.a.key, data.b.key];
  if (type === 'identity.split-requested') return [...data.apart, ...data.rest].map(({ key }) => key);
  if (type === 'identity.move-requested') return [data.from, data.to];
  return [];
}

/** Every customer there is was there before a request that is only played. */
const AFTER_ALL = '\uffff' as Position;
