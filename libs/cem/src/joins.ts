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
  const joined: Joined[] = [];
  joinDeliveries(joined, fragment.orders, dayOf);
  joinRepeatOrders(joined, fragment.orders);
  joinRepeatContacts(joined, fragment.contacts, episodes, dayOf, withinDays);
  return joined;
}

/** Whether an order came late, by the timestamp and by the calendar day; undefined while promise or delivery is unknown. */
export function lateness(order: OrderRow, dayOf: (ms: number) => Day): { late: boolean; days: number } | undefined {
  const promised = order[2];
  const delivered = order[3];
  if (promised === 0 || delivered === 0) return undefined;
  return { late: delivered > promised, days: dayOf(delivered) - dayOf(promised) };
}

function joinDeliveries(joined: Joined[], orders: readonly OrderRow[], dayOf: (ms: number) => Day): void {
  for (const order of orders) {
    const known = lateness(order, dayOf);
    if (!known) continue;
    const ms = order[3];
    joined.push({ fact: 'daysLate', value: known.days, day: dayOf(ms), episode: order[0], ms, tie: 0, channel: '' });
  }
}

function joinRepeatOrders(joined: Joined[], orders: readonly OrderRow[]): void {
  if (orders.length < 2) return;
  const placed = orders.filter((order) => order[1] !== 0 && !order[4]);
  placed.sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  for (let i = 1; i < placed.length; i++) {
    const [episode, day] = placed[i]!;
    if (day === placed[0]![1]) continue;
    joined.push({ fact: 'repeatOrder', value: i + 1, day, episode, ms: 0, tie: 0, channel: '' });
  }
}

/** The contacts that came back within so many days: about the same matter, or for the same reason. */
function joinRepeatContacts(
  joined: Joined[],
  contacts: readonly ContactRow[],
  episodes: Episodes,
  dayOf: (ms: number) => Day,
  withinDays: number,
): void {
  if (!contacts.length) return;
  const window = withinDays * 86_400_000;
  const last = new Map<Ref, { ms: number; n: number }>();
  for (const [ms, tie, matter, reason, first, channel] of contacts) {
    const topics = [episodes.of(matter), reason];
    let n = first === 2 ? 2 : 1;
    for (const topic of topics) {
      const before = topic === 0 || first === 1 ? undefined : last.get(topic);
      if (before && ms - before.ms <= window) n = Math.max(n, before.n + 1);
    }
    for (const topic of topics) if (topic !== 0) last.set(topic, { ms, n });
    if (n > 1) joined.push({ fact: 'repeatContact', value: n, day: dayOf(ms), episode: matter, ms, tie, channel });
  }
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

const NO_LINKS: Episodes = { of: (ref) => ref };

export function episodesOf(links: readonly LinkRow[]): Episodes {
  if (!links.length) return NO_LINKS;
  const parent = new Map<Ref, Ref>();
  const of = (ref: Ref): Ref => {
    let root = ref;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    return root;
  };
  for (const link of links) {
    const x = of(link[0]);
    const y = of(link[1]);
    if (x < y) parent.set(y, x);
    else if (y < x) parent.set(x, y);
  }
  return { of };
}
