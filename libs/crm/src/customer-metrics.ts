/** Roll-ups of customers as they now stand: beside each definition, what one customer adds to it. */
import type { Cell, MetricDefinition } from '@throughline/contracts';
import type { CrmView } from './view.ts';

interface CustomerMetric {
  readonly definition: MetricDefinition;
  measure(view: CrmView): readonly Measure[];
}

interface Measure {
  readonly values: readonly number[];
  readonly dims?: Readonly<Record<string, string>>;
}

type Words = Pick<MetricDefinition, 'name' | 'title' | 'kind' | 'unit' | 'numerator' | 'denominator' | 'population'>;

const FORMULAS = {
  count: 'n',
  sum: 'sum',
  mean: 'sum / n',
  share: 'hits / n',
  nps: '100 · (promoters − detractors) / n',
} as const;

function metric(words: Words, dimensions: readonly string[], measure: CustomerMetric['measure']): CustomerMetric {
  return {
    measure,
    definition: {
      ...words,
      formula: FORMULAS[words.kind],
      window: 'all touchpoints so far, as of the day the view stands for',
      source: 'Throughline',
      dimensions,
      timed: false,
      version: 1,
    },
  };
}

const share = (hit: boolean): readonly number[] => [1, hit ? 1 : 0];

const CUSTOMER_METRICS: readonly CustomerMetric[] = [
  metric(
    {
      name: 'customers',
      title: 'Customers by lifecycle',
      kind: 'count',
      unit: 'customers',
      numerator: 'customers: sets of identifiers that identity holds for one person or household',
      denominator: 'none',
      population: 'everybody known by an identifier, visitors included',
    },
    ['lifecycle'],
    (view) => [{ values: [1], dims: { lifecycle: view.lifecycle.stage } }],
  ),
  metric(
    {
      name: 'customers-complained',
      title: 'Share of customers who have complained',
      kind: 'share',
      unit: 'share of customers',
      numerator: 'customers with a complaint',
      denominator: 'customers',
      population: 'everybody known by an identifier',
    },
    ['lifecycle'],
    (view) => [{ values: share(view.complaints.total > 0), dims: { lifecycle: view.lifecycle.stage } }],
  ),
  metric(
    {
      name: 'customers-repeat',
      title: 'Share of buyers who bought again',
      kind: 'share',
      unit: 'share of buyers',
      numerator: 'customers with two orders or more that were not cancelled',
      denominator: 'customers with an order that was not cancelled',
      population: 'buyers',
    },
    ['lifecycle'],
    (view) => {
      const standing = view.orders.total - view.orders.cancelled;
      return standing === 0 ? [] : [{ values: share(standing > 1), dims: { lifecycle: view.lifecycle.stage } }];
    },
  ),
  metric(
    {
      name: 'net-revenue',
      title: 'Net revenue of customers',
      kind: 'sum',
      unit: 'minor units of the reporting currency',
      numerator: 'order amounts and payments of their own, less refunds and returns, by the rate of the day',
      denominator: 'none',
      population: 'customers of whom an amount is known and every amount converts',
    },
    ['lifecycle', 'currency'],
    ({ orders: { netRevenue }, lifecycle }) =>
      netRevenue && netRevenue.unconverted.length === 0
        ? [{ values: [1, netRevenue.minor], dims: { lifecycle: lifecycle.stage, currency: netRevenue.currency } }]
        : [],
  ),
  metric(
    {
      name: 'orders-returned',
      title: 'Share of orders returned',
      kind: 'share',
      unit: 'share of orders',
      numerator: 'orders returned in part or whole',
      denominator: 'orders of known customers that were not cancelled',
      population: 'orders',
    },
    [],
    ({ orders }) =>
      orders.total === orders.cancelled ? [] : [{ values: [orders.total - orders.cancelled, orders.returned] }],
  ),
  metric(
    {
      name: 'orders-cancelled',
      title: 'Share of orders cancelled',
      kind: 'share',
      unit: 'share of orders',
      numerator: 'orders cancelled',
      denominator: 'orders of known customers',
      population: 'orders',
    },
    [],
    ({ orders }) => (orders.total === 0 ? [] : [{ values: [orders.total, orders.cancelled] }]),
  ),
  metric(
    {
      name: 'campaign-response',
      title: 'Campaign response, against those it was withheld from',
      kind: 'share',
      unit: 'share of customers addressed',
      numerator: 'customers who responded to the campaign',
      denominator:
        'pairs of customer and campaign: in the group sent once it was sent to the customer, else in the group withheld',
      population: 'customers to whom the campaign was sent, or from whom it was withheld',
    },
    ['campaign', 'variant', 'group'],
    (view) =>
      view.campaigns.items
        .filter((c) => c.sent > 0 || c.withheld > 0)
        .map((c) => ({
          values: share(c.responded > 0),
          dims: {
            campaign: c.campaignId,
            group: c.sent > 0 ? 'sent' : 'withheld',
            ...(c.variant !== undefined && { variant: c.variant }),
          },
        })),
  ),
  metric(
    {
      name: 'subscriptions',
      title: 'Subscriptions by state',
      kind: 'count',
      unit: 'subscriptions',
      numerator: 'subscriptions: active unless their latest event ended them',
      denominator: 'none',
      population: 'subscriptions of known customers',
    },
    ['state', 'product'],
    (view) =>
      view.subscriptions.items.map((s) => ({
        values: [1],
        dims: { state: s.active ? 'active' : 'ended', ...(s.product !== undefined && { product: s.product }) },
      })),
  ),
  metric(
    {
      name: 'leads',
      title: 'Leads by state',
      kind: 'count',
      unit: 'leads',
      numerator: 'leads: created, qualified, or converted (an opportunity names them)',
      denominator: 'none',
      population: 'leads of known customers',
    },
    ['state'],
    (view) => view.leads.map((lead) => ({ values: [1], dims: { state: lead.state } })),
  ),
  metric(
    {
      name: 'opportunities',
      title: 'Opportunities by state and stage',
      kind: 'count',
      unit: 'opportunities',
      numerator: 'opportunities, by their latest event',
      denominator: 'none',
      population: 'opportunities of known customers',
    },
    ['state', 'stage'],
    (view) =>
      view.opportunities.map((o) => ({
        values: [1],
        dims: { state: o.state, ...(o.stage !== undefined && { stage: o.stage }) },
      })),
  ),
  metric(
    {
      name: 'pipeline',
      title: 'Value of opportunities',
      kind: 'sum',
      unit: 'minor units of the currency dimension: ask by=currency, amounts of two currencies do not add up',
      numerator: 'latest amounts of opportunities',
      denominator: 'none',
      population: 'opportunities of known customers whose amount is told',
    },
    ['state', 'currency'],
    (view) =>
      view.opportunities.flatMap((o) =>
        o.amount ? [{ values: [1, o.amount.minor], dims: { state: o.state, currency: o.amount.currency } }] : [],
      ),
  ),
  metric(
    {
      name: 'cases',
      title: 'Cases by state',
      kind: 'count',
      unit: 'cases',
      numerator: 'cases: open or resolved by their latest opening, resolution or reopening',
      denominator: 'none',
      population: 'cases of known customers',
    },
    ['state'],
    (view) => view.cases.items.map((c) => ({ values: [1], dims: { state: c.state } })),
  ),
  metric(
    {
      name: 'consents',
      title: 'Consents by channel and purpose',
      kind: 'count',
      unit: 'customers',
      numerator: 'customers by their latest word on a channel and a purpose',
      denominator: 'none',
      population: 'customers who granted or withdrew a consent',
    },
    ['channel', 'purpose', 'state'],
    (view) =>
      view.consents.map(({ channel, purpose, granted }) => ({
        values: [1],
        dims: { channel, purpose, state: granted ? 'granted' : 'withdrawn' },
      })),
  ),
];

export const CUSTOMER_METRIC_DEFINITIONS: readonly MetricDefinition[] = CUSTOMER_METRICS.map((m) => m.definition);

/** Cells of one place are added up, so that a customer has one contribution a cell. */
export function customerCells(view: CrmView): Cell[] {
  const cells = new Map<string, { metric: string; dims: Record<string, string>; values: number[] }>();
  for (const { definition, measure } of CUSTOMER_METRICS) {
    for (const { values, dims = {} } of measure(view)) {
      const place = JSON.stringify([definition.name, dims]);
      const cell = cells.get(place);
      if (cell) values.forEach((value, i) => (cell.values[i] = (cell.values[i] ?? 0) + value));
      else cells.set(place, { metric: definition.name, dims: { ...dims }, values: [...values] });
    }
  }
  return [...cells.values()];
}
