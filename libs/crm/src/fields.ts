/** The fields by which customers are found and sorted: beside each description, where its value is read. */
import {
  minorDigits,
  type FieldDefinition,
  type IndexEntry,
  type IndexValue,
  type Money,
} from '@throughline/contracts';
import type { Amounts, CrmView } from './view.ts';

interface Field extends FieldDefinition {
  /** Undefined where it is unknown: the customer then stands in no order of this field. */
  read(view: CrmView): IndexValue | undefined;
}

const number = (name: string, description: string, read: (view: CrmView) => number | undefined): Field => ({
  field: `crm.${name}`,
  type: 'number',
  description,
  read,
});
const text = (name: string, description: string, read: (view: CrmView) => string | undefined): Field => ({
  field: `crm.${name}`,
  type: 'string',
  description,
  read,
});

const IN_MAJOR_UNITS =
  'in major units of the reporting currency (129.95); absent while no amount is known or a part of it has no rate';

const FIELDS: readonly Field[] = [
  text(
    'lifecycle',
    'lead, prospect, customer, lapsed or unknown. customer: an active subscription, or a purchase within the last 365 days, or a relationship by a source’s word; ' +
      'lapsed: bought once, and nothing for 365 days; prospect: never bought, but an open opportunity, a qualified lead or a cancelled order; lead: a lead was noted.',
    (view) => view.lifecycle.stage,
  ),
  number('orders', 'Orders placed, or known from a payment, whatever became of them.', (view) => view.orders.total),
  number('cancelled', 'Orders cancelled.', (view) => view.orders.cancelled),
  number('returns', 'Orders returned, in part or whole.', (view) => view.orders.returned),
  number(
    'netRevenue',
    `Order amounts and payments of their own, less refunds and returns, ${IN_MAJOR_UNITS}.`,
    (view) => major(view.orders.netRevenue),
  ),
  number('revenue365', `The same for the last 365 days, ${IN_MAJOR_UNITS}.`, (view) => major(view.orders.revenue365)),
  number(
    'averageOrder',
    'Mean amount of the orders not cancelled, before returns, in major units of the reporting currency.',
    (view) => majorUnits(view.orders.averageOrder),
  ),
  number(
    'products',
    'Products held: of active subscriptions and of orders neither cancelled nor returned.',
    (view) => view.products.length,
  ),
  number('subscriptions', 'Active subscriptions.', (view) => view.subscriptions.active),
  number('opportunities', 'Open opportunities.', (view) => view.opportunities.filter((o) => o.state === 'open').length),
  number('openCases', 'Cases open or reopened.', (view) => view.cases.open),
  number('complaints', 'Complaints filed.', (view) => view.complaints.total),
  number('calls', 'Telephone calls, whatever their outcome.', (view) => view.contacts.calls.total),
  number(
    'contacts',
    'Calls, chats and messages of the customer; calls on which nobody was there left out.',
    (view) => view.contacts.total,
  ),
  number('sessions', 'Visits to the site or app.', (view) => view.sessions.total),
  number('devices', 'Different devices or apps those visits were made on.', (view) => Object.keys(view.devices).length),
  number('channels', 'Different channels used.', (view) => Object.keys(view.channels).length),
  number('campaignsSent', 'Campaigns sent to the customer.', (view) => view.campaigns.sent),
  number('campaignsResponded', 'Campaigns the customer responded to.', (view) => view.campaigns.responded),
  text('firstSeen', 'Day of the first touchpoint (UTC), YYYY-MM-DD.', (view) => view.firstSeen?.slice(0, 10)),
  text('lastSeen', 'Day of the last touchpoint (UTC), YYYY-MM-DD.', (view) => view.lastSeen?.slice(0, 10)),
];

export const CRM_FIELDS: readonly FieldDefinition[] = FIELDS.map(({ field, type, description }) => ({
  field,
  type,
  description,
}));

export function indexesOf(view: CrmView): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const { field, read } of FIELDS) {
    const value = read(view);
    if (value !== undefined) entries.push({ field, value });
  }
  return entries;
}

function major(amounts: Amounts | undefined): number | undefined {
  return amounts && amounts.unconverted.length === 0 ? majorUnits(amounts) : undefined;
}

function majorUnits(money: Money | undefined): number | undefined {
  return money && money.minor / 10 ** minorDigits(money.currency);
}
