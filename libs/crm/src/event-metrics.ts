/** Roll-ups of touchpoints: beside each definition, what one touchpoint adds to it. */
import {
  CATALOGUE,
  DIMENSIONS,
  type Cell,
  type ComplaintFiled,
  type Day,
  type Dimension,
  type Facts,
  type MetricDefinition,
  type Money,
  type SessionEnded,
  type Touchpoint,
} from '@throughline/contracts';
import { factsOf } from './part.ts';

interface EventMetric {
  readonly definition: MetricDefinition;
  /** The types that count; absent: all. */
  readonly types?: readonly string[];
  /** The standard dimensions it is cut by. */
  readonly cut: readonly Dimension[];
  /** What one touchpoint adds, and dimensions of the metric's own; undefined when it does not count. */
  measure(touchpoint: Touchpoint): Measure | undefined;
}

interface Measure {
  readonly values: readonly number[];
  readonly dims?: Readonly<Record<string, string | undefined>>;
}

/** Of everything that happens: few dimensions, since each of its cells is one more write for each touchpoint. */
const BROAD = ['channel', 'brand', 'market', 'platform', 'product'] as const satisfies readonly Dimension[];
const ONE: readonly number[] = [1];

type Words = Pick<
  MetricDefinition,
  'name' | 'title' | 'kind' | 'unit' | 'formula' | 'numerator' | 'denominator' | 'population'
>;

function metric(
  words: Words,
  own: readonly string[],
  part: Pick<EventMetric, 'measure'> & Partial<Pick<EventMetric, 'types' | 'cut'>>,
): EventMetric {
  const cut = part.cut ?? DIMENSIONS;
  return {
    ...part,
    cut,
    definition: {
      ...words,
      window: 'the day it happened, in the reporting time zone; a late touchpoint restates its day',
      source: 'Throughline',
      dimensions: [...own, ...cut],
      timed: true,
      version: 1,
    },
  };
}

function counted(
  name: string,
  title: string,
  unit: string,
  types: readonly string[],
  own: readonly string[] = [],
): EventMetric {
  return metric(
    {
      name,
      title,
      kind: 'count',
      unit,
      formula: 'n',
      numerator: `${types.join(', ')} touchpoints`,
      denominator: 'none',
      population: unit,
    },
    own,
    { types, measure: ({ data }) => ({ values: ONE, dims: picked(data.facts, own) }) },
  );
}

const MINOR_UNITS = 'minor units of the currency dimension: ask by=currency, amounts of two currencies do not add up';

function summed(
  name: string,
  title: string,
  type: string,
  population: string,
  own: readonly string[] = [],
): EventMetric {
  return metric(
    {
      name,
      title,
      kind: 'sum',
      unit: MINOR_UNITS,
      formula: 'sum of amounts',
      numerator: `amounts of ${type} touchpoints`,
      denominator: 'none',
      population,
    },
    ['currency', ...own],
    {
      types: [type],
      measure(touchpoint) {
        const { amount } = factsOf<{ amount?: Money }>(touchpoint);
        return (
          amount && {
            values: [1, amount.minor],
            dims: { currency: amount.currency, ...picked(touchpoint.data.facts, own) },
          }
        );
      },
    },
  );
}

function sessionShare(name: string, fact: 'searched' | 'messaged' | 'requested', what: string): EventMetric {
  return metric(
    {
      name,
      title: `Share of sessions with ${what}`,
      kind: 'share',
      unit: 'share of sessions',
      formula: 'hits / n',
      numerator: `session.ended touchpoints with ${fact} = true`,
      denominator: `session.ended touchpoints that say whether ${fact}`,
      population: 'sessions',
    },
    ['device'],
    {
      types: ['session.ended'],
      measure(touchpoint) {
        const facts = factsOf<SessionEnded>(touchpoint);
        const hit = facts[fact];
        return hit === undefined ? undefined : { values: [1, hit ? 1 : 0], dims: { device: facts.device } };
      },
    },
  );
}

/** The facts of these names that are words. */
function picked(facts: Facts, names: readonly string[]): Record<string, string | undefined> {
  const dims: Record<string, string | undefined> = {};
  for (const name of names) {
    const value = facts[name];
    if (typeof value === 'string') dims[name] = value;
  }
  return dims;
}

const EVENT_METRICS: readonly EventMetric[] = [
  metric(
    {
      name: 'touchpoints',
      title: 'Touchpoints',
      kind: 'count',
      unit: 'touchpoints',
      formula: 'n',
      numerator: 'touchpoints of any type, those about nobody known and those outside the catalogue included',
      denominator: 'none',
      population: 'touchpoints that were not retracted',
    },
    ['type'],
    { cut: BROAD, measure: ({ type }) => ({ values: ONE, dims: { type } }) },
  ),
  metric(
    {
      name: 'uncatalogued',
      title: 'Uncatalogued touchpoints',
      kind: 'count',
      unit: 'touchpoints',
      formula: 'n',
      numerator:
        'touchpoints of a type that the catalogue does not have: kept and shown, and in no other metric but touchpoints',
      denominator: 'none',
      population: 'touchpoints that were not retracted',
    },
    ['type'],
    {
      cut: BROAD,
      measure: ({ type }) => (Object.hasOwn(CATALOGUE, type) ? undefined : { values: ONE, dims: { type } }),
    },
  ),
  counted('orders', 'Orders placed', 'orders', ['order.placed']),
  summed(
    'revenue',
    'Order amounts',
    'order.placed',
    'orders placed whose amount is told; cancelled and returned ones are in it',
  ),
  summed('payments', 'Payments received', 'payment.received', 'payments received', ['method']),
  summed('refunds', 'Refunds issued', 'refund.issued', 'refunds issued'),
  counted('cancellations', 'Cancellations', 'cancellations', ['order.cancelled'], ['by', 'reason']),
  counted('returns', 'Returns', 'returns', ['order.returned'], ['reason']),
  counted('payments-failed', 'Failed payments', 'payments', ['payment.failed']),
  counted('complaints', 'Complaints filed', 'complaints', ['complaint.filed'], ['reason']),
  metric(
    {
      name: 'complaints-timely',
      title: 'Share of complaints answered in time',
      kind: 'share',
      unit: 'share of complaints',
      formula: 'hits / n',
      numerator: 'complaint.filed touchpoints with timely = true',
      denominator: 'complaint.filed touchpoints that say whether the answer was timely',
      population: 'complaints',
    },
    ['reason'],
    {
      types: ['complaint.filed'],
      measure(touchpoint) {
        const { timely, reason } = factsOf<ComplaintFiled>(touchpoint);
        return timely === undefined ? undefined : { values: [1, timely ? 1 : 0], dims: { reason } };
      },
    },
  ),
  counted('sessions', 'Sessions', 'sessions', ['session.ended'], ['device']),
  sessionShare('sessions-searched', 'searched', 'a search'),
  sessionShare('sessions-messaged', 'messaged', 'a message'),
  sessionShare('sessions-requested', 'requested', 'a request to book or buy'),
  counted('calls', 'Calls', 'calls', ['call.ended'], ['outcome', 'reason']),
  counted('chats', 'Chats', 'chats', ['chat.ended'], ['outcome', 'reason']),
  counted('cases-opened', 'Cases opened', 'cases', ['case.opened'], ['reason']),
  counted('leads-created', 'Leads created', 'leads', ['lead.created'], ['origin']),
];

export const EVENT_METRIC_DEFINITIONS: readonly MetricDefinition[] = EVENT_METRICS.map((m) => m.definition);

const OF_ALL_TYPES = EVENT_METRICS.filter((m) => !m.types);
const BY_TYPE = new Map<string, readonly EventMetric[]>(
  [...new Set(EVENT_METRICS.flatMap((m) => m.types ?? []))].map((type) => [
    type,
    EVENT_METRICS.filter((m) => !m.types || m.types.includes(type)),
  ]),
);

export function eventCells(touchpoint: Touchpoint, dayOf: (epochMs: number) => Day): Cell[] {
  const cells: Cell[] = [];
  const day = dayOf(touchpoint.occurredAt);
  for (const { definition, cut, measure } of BY_TYPE.get(touchpoint.type) ?? OF_ALL_TYPES) {
    const measured = measure(touchpoint);
    if (!measured) continue;
    const dims: Record<string, string> = {};
    for (const name of cut) {
      const value = touchpoint.data[name];
      if (value !== undefined) dims[name] = value;
    }
    for (const name in measured.dims) {
      const value = measured.dims[name];
      if (value !== undefined) dims[name] = value;
    }
    cells.push({ metric: definition.name, day, dims, values: measured.values });
  }
  return cells;
}
