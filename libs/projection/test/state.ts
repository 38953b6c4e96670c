/** The whole of what a view shows, as plain values: what the engine left in the store, and what it should have. */
import {
  CLOCK,
  dayFromText,
  DUPLICATED,
  PARKED_CLEARED,
  RETRACTED,
  subjectOf,
  type Cell,
  type Day,
  type Decision,
  type MoveRequested,
  type ParkedCleared,
  type RequestUndone,
  type Touchpoint,
} from '@throughline/contracts';
import type { RecordedEvent } from '@throughline/event-log';
import { CellSums, type ViewReader } from '@throughline/read-model';
import { tally, TALLY_FIELDS, type TallyFragment } from './tally.ts';

export interface State {
  readonly customers: number;
  readonly cells: readonly string[];
  readonly entries: readonly string[];
  readonly shown: Readonly<Record<string, unknown>>;
}

export async function stateOf(view: ViewReader, ids: readonly string[]): Promise<State> {
  const cells: Cell[] = [];
  for await (const cell of view.cells('tally.touchpoints', { timed: true, from: -1000, to: 100_000 })) cells.push(cell);
  for await (const cell of view.cells('tally.customers', { timed: false })) cells.push(cell);
  const entries: string[] = [];
  for (const field of TALLY_FIELDS) {
    for (const { value, customer } of await view.scan({ field, limit: 10_000 }))
      entries.push(`${field} ${value} ${customer}`);
  }
  const shown: Record<string, unknown> = {};
  for (const id of ids) {
    const customer = await view.customer<TallyFragment>(id);
    shown[id] = customer && {
      id: customer.id,
      keys: customer.keys.map(({ key }) => key).sort(),
      fragment: customer.fragments.map(({ fragment }) => fragment).reduce(tally.fragment.merge, tally.fragment.empty()),
      incomplete: customer.incomplete,
    };
  }
  return { customers: await view.customerCount(), cells: cells.map(cellText).sort(), entries: entries.sort(), shown };
}

/** The same, worked out in the plainest way from the set of events. `firstDay` is the open day before any tick. */
export function expectedState(events: readonly RecordedEvent[], ids: readonly string[], firstDay: Day): State {
  const gone = new Set<string>();
  const moves = new Map<string, MoveRequested>();
  const customerOf = new Map<string, string>();
  const cleared = new Set<string>();
  let day: Day | undefined;
  for (const { stream, type, id, data } of events) {
    if (type === RETRACTED || type === DUPLICATED)
      gone.add(`${stream} ${(data.facts as { touchpointId: string }).touchpointId}`);
    if (stream === 'identity-v1') {
      const { customer, keys } = data as Decision;
      for (const { key } of keys) customerOf.set(key, customer);
    }
    if (type === 'identity.move-requested') moves.set(id, data as MoveRequested);
    if (type === 'identity.request-undone') moves.delete((data as RequestUndone).requestId);
    if (type === PARKED_CLEARED) for (const { id } of (data as ParkedCleared).touchpoints) cleared.add(id);
    if (stream === CLOCK) day = Math.max(day ?? -Infinity, dayFromText(data.day as string)! + 1);
  }
  const bySubject = new Map<string, Touchpoint[]>();
  const cells = new CellSums();
  const incomplete = new Set<string>();
  for (const event of events) {
    const home = subjectOf(event.stream);
    if (home === undefined || event.type === RETRACTED || event.type === DUPLICATED) continue;
    if (gone.has(`${event.stream} ${event.id}`)) continue;
    const touchpoint = event as unknown as Touchpoint;
    if (touchpoint.data.facts.breaks !== 'cells') cells.add(tally.eventCells(touchpoint));
    if (touchpoint.data.keys.length === 0) continue;
    let place = home;
    for (const { from, to, touchpoints, span } of moves.values()) {
      const inSpan = span && Date.parse(span.from) <= event.occurredAt && event.occurredAt < Date.parse(span.to);
      if (from === place && (inSpan || touchpoints?.includes(event.id))) place = to;
    }
    const { breaks } = touchpoint.data.facts;
    if ((breaks === 'cells' || breaks === 'fold') && !cleared.has(event.id)) incomplete.add(place);
    if (breaks !== 'fold') bySubject.set(place, [...(bySubject.get(place) ?? []), touchpoint]);
  }
  const keys = (customer: string) => {
    const joined = [...customerOf].filter(([, other]) => other === customer).map(([key]) => key);
    return (customerOf.has(customer) ? joined : [customer, ...joined]).sort();
  };
  const subjects = [...new Set([...bySubject.keys(), ...incomplete])];
  const customers = new Set(subjects.map((subject) => customerOf.get(subject) ?? subject));
  const entries: string[] = [];
  const all = new Map<string, { id: string; keys: string[]; fragment: TallyFragment; incomplete: boolean }>();
  let counted = 0;
  for (const id of customers) {
    const touchpoints = keys(id).flatMap((key) => bySubject.get(key) ?? []);
    const fragment = touchpoints.reduce(tally.fragment.apply, tally.fragment.empty());
    const parked = keys(id).some((key) => incomplete.has(key));
    all.set(id, { id, keys: keys(id), fragment, incomplete: parked || fragment.breaksView > 0 });
    if (touchpoints.length === 0) continue;
    counted++;
    if (fragment.breaksView > 0) continue;
    const view = tally.view(fragment, day ?? firstDay);
    cells.add(tally.customerCells(view));
    for (const { field, value } of tally.indexes(view)) entries.push(`${field} ${value} ${id}`);
  }
  const shown: Record<string, unknown> = {};
  for (const id of ids) shown[id] = all.get(keys(id).length > 0 && all.has(id) ? id : (customerOf.get(id) ?? id));
  return { customers: counted, cells: [...cells].map(cellText).sort(), entries: entries.sort(), shown };
}

function cellText({ metric, day, dims, values }: Cell): string {
  return JSON.stringify([metric, day ?? null, Object.entries(dims).sort(), values]);
}
