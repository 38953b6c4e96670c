import type { Day } from '@throughline/contracts';
import type { JoinedFact } from './definition.ts';
import type { Ref } from './ref.ts';
import type { ContactRow, LinkRow, OrderRow, ScoreFragment } from './score-fragment.ts';

/** A fact joined from several touchpoints, and the touchpoint that is held to account for it. */
export interface Joined {
  readonly fact: JoinedFact;
  readonly value: number;
  readonly day: Day;
  readonly episode: Ref;
  /** When its touchpoint happened: a delivery or a contact; 0 for an order placed, which is the order's first. */
  readonly ms: number;
  /** Tells a contact from another of the same millisecond; 0 for an order, which `episode` names. */
  readonly tie: number;
  /** Of a contact; '' where none is known. */
  readonly channel: string;
}

/** The name of the touchpoint that shows a joined fact. */
export function ownerOf({ fact, episode, ms, tie }: Joined): string {
  return fact === 'repeatContact'
    ? `contact ${ms} ${tie}`
    : fact === 'daysLate'
      ? `delivered ${episode} ${ms}`
      : `placed ${episode}`;
}

/** The name under which a touchpoint owns joined facts; undefined for a type that owns none. `order` is 0 where it names none. */
export function ownName(type: string, ms: number, tie: number, order: Ref): string | undefined {
  switch (type) {
    case 'order.delivered':
      return `delivered ${order} ${ms}`;
    case 'order.placed':
      return `placed ${order}`;
    case 'call.ended':
    case 'chat.ended':
      return `contact ${ms} ${tie}`;
    default:
      return undefined;
  }
}

/** Everything joined from one customer's fragment, in an order that is the fragment's. */
export function join(
  fragment: ScoreFragment,
  episodes: Episodes,
  dayOf: (ms: number) => Day,
  withinDays: number,
): Joined[] {
  return [
    ...deliveries(fragment.orders, dayOf),
    ...repeatOrders(fragment.orders),
    ...repeatContacts(fragment.contacts, episodes, dayOf, withinDays),
  ];
}

/** Whether an order came late, by the timestamp and by the calendar day; undefined while promise or delivery is unknown. */
export function lateness(order: OrderRow, dayOf: (ms: number) => Day): { late: boolean; days: number } | undefined {
  const [, , promised, delivered] = order;
  if (promised === 0 || delivered === 0) return undefined;
  return { late: delivered > promised, days: dayOf(delivered) - dayOf(promised) };
}

function deliveries(orders: readonly OrderRow[], dayOf: (ms: number) => Day): Joined[] {
  return orders.flatMap((order) => {
    const known = lateness(order, dayOf);
    const [episode, , , delivered] = order;
    return known
      ? { fact: 'daysLate', value: known.days, day: dayOf(delivered), episode, ms: delivered, tie: 0, channel: '' }
      : [];
  });
}

function repeatOrders(orders: readonly OrderRow[]): Joined[] {
  const placed = orders.filter(([, day, , , cancelled]) => day !== 0 && !cancelled);
  if (placed.length < 2) return [];
  placed.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  const first = placed[0]![1];
  return placed.flatMap(([episode, day], i) =>
    day === first ? [] : { fact: 'repeatOrder', value: i + 1, day, episode, ms: 0, tie: 0, channel: '' },
  );
}

/** The contacts that came back within so many days: about the same matter, or for the same reason. */
function repeatContacts(
  contacts: readonly ContactRow[],
  episodes: Episodes,
  dayOf: (ms: number) => Day,
  withinDays: number,
): Joined[] {
  const window = withinDays * 86_400_000;
  const last = new Map<Ref, { ms: number; n: number }>();
  const repeats: Joined[] = [];
  for (const [ms, tie, matter, reason, first, channel] of contacts) {
    const episode = episodes.of(matter);
    const topics = [episode, reason].filter((topic) => topic !== 0);
    let n = first === 2 ? 2 : 1;
    for (const topic of first === 1 ? [] : topics) {
      const before = last.get(topic);
      if (before && ms - before.ms <= window) n = Math.max(n, before.n + 1);
    }
    for (const topic of topics) last.set(topic, { ms, n });
    if (n > 1) repeats.push({ fact: 'repeatContact', value: n, day: dayOf(ms), episode: matter, ms, tie, channel });
  }
  return repeats;
}

/** A contact says enough to tell whether it is a repeat. */
export function isRepeatKnown([, , matter, reason, first]: ContactRow): boolean {
  return matter !== 0 || reason !== 0 || first !== 0;
}

/** Which matters are one story: those that touchpoints named together, and so on through any number of them. */
export interface Episodes {
  /** One name for the whole story; 0 for no matter. */
  of(ref: Ref): Ref;
}

export function episodesOf(links: readonly LinkRow[]): Episodes {
  const parent = new Map<Ref, Ref>();
  const of = (ref: Ref): Ref => {
    let root = ref;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    return root;
  };
  for (const [a, b] of links) {
    const [x, y] = [of(a), of(b)];
    if (x < y) parent.set(y, x);
    else if (y < x) parent.set(x, y);
  }
  return { of };
}
