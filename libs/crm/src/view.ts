import { dayToText, type Company, type Day, type Money } from '@throughline/contracts';
import type { Survivorship } from './definitions/survivorship.v1.ts';
import type { CrmFragment } from './fragment.ts';
import { lifecycleOf, type LifecycleStage } from './lifecycle.ts';
import { marketingFragment, readCampaigns, readConsents, type Campaign, type Consent } from './marketing.ts';
import { goldenProfile, knownIdentifiers, type KnownIdentifier, type ProfileField } from './profile.ts';
import {
  readLeads,
  readOpportunities,
  readSubscriptions,
  salesFragment,
  type Lead,
  type Opportunity,
  type Subscription,
} from './sales.ts';
import {
  readCases,
  readComplaints,
  readContacts,
  serviceFragment,
  type Case,
  type Complaint,
  type Contacts,
} from './service.ts';
import { readOrder, valueReader, type Order, type Sum, type Value } from './value.ts';
import type { ValueFragment } from './value-fragment.ts';

/** What the customer is to the company, as of the end of one day. Times are RFC 3339, days `YYYY-MM-DD`, money in minor units. */
export interface CrmView {
  /** The day it stands for. */
  readonly day: string;
  /** The first day on which time alone will change it; absent for never. */
  readonly changesOn?: string;
  readonly lifecycle: { readonly stage: LifecycleStage; readonly because: string };
  /** The golden profile: of each field the value that survives, with its source and time. */
  readonly profile: Readonly<Record<string, ProfileField>>;
  /** When the relationship began, where a source said so. */
  readonly since?: string;
  /** At most eight of a type. */
  readonly identifiers: readonly KnownIdentifier[];
  readonly firstSeen?: string;
  readonly lastSeen?: string;
  readonly touchpoints: { readonly total: number; readonly byType: Counts };
  readonly channels: Counts;
  readonly devices: Counts;
  readonly sessions: {
    readonly total: number;
    readonly searched: number;
    readonly messaged: number;
    readonly requested: number;
  };
  readonly orders: Orders;
  /** Products of active subscriptions and of orders neither cancelled nor returned. */
  readonly products: readonly string[];
  readonly subscriptions: { readonly active: number; readonly items: readonly Subscription[] };
  readonly leads: readonly Lead[];
  readonly opportunities: readonly Opportunity[];
  readonly cases: { readonly open: number; readonly resolved: number; readonly items: readonly Case[] };
  readonly complaints: { readonly total: number; readonly items: readonly Complaint[] };
  readonly contacts: Contacts;
  readonly campaigns: {
    /** Of how many campaigns this can be said. */
    readonly sent: number;
    readonly opened: number;
    readonly responded: number;
    readonly withheld: number;
    readonly items: readonly Campaign[];
  };
  readonly consents: readonly Consent[];
}

type Counts = Readonly<Record<string, number>>;

export interface Orders {
  /** Orders placed, or known from a payment, whatever became of them. */
  readonly total: number;
  readonly delivered: number;
  readonly cancelled: number;
  readonly returned: number;
  /** Not cancelled, and nobody told the amount: they are in no sum. */
  readonly withoutAmount: number;
  /** Absent while no amount is known: unknown is not nothing. */
  readonly netRevenue?: Amounts;
  readonly revenue365?: Amounts;
  readonly averageOrder?: Money;
  /** Net revenue in the currencies it came in. */
  readonly byCurrency: readonly Money[];
  readonly refunds: readonly Money[];
  readonly firstPurchase?: string;
  readonly lastPurchase?: string;
  /** The newest twenty. */
  readonly latest: readonly OrderLine[];
}

/** In the reporting currency, and apart from it what no rate converts. */
export interface Amounts extends Money {
  readonly unconverted: readonly Money[];
}

export interface OrderLine extends Omit<Order, 'placedAt'> {
  readonly placedAt: string;
}

const LATEST_ORDERS = 20;

/** Of customers of whom nothing of the kind was told. */
const NO_SALES = salesFragment.empty();
const NO_SERVICE = serviceFragment.empty();
const NO_MARKETING = marketingFragment.empty();

/**
 * Finishes a customer's fragment for any day. What only a person reads (profile, identifiers, lists of the latest) is made when it
 * is read: cells and indexes are wanted after every touchpoint, the rest seldom. The fragment must stay as it is until then.
 */
export function viewReader(
  company: Company,
  survivorship: Survivorship,
  dayOf: (epochMs: number) => Day,
): (fragment: CrmFragment, at: Day) => CrmView {
  const readValue = valueReader(company, dayOf);
  return (fragment, at) => {
    const sales = fragment.sales ?? NO_SALES;
    const service = fragment.service ?? NO_SERVICE;
    const marketing = fragment.marketing ?? NO_MARKETING;
    const value = readValue(fragment.value, at);
    const subscriptions = readSubscriptions(sales);
    const leads = readLeads(sales);
    const opportunities = readOpportunities(sales);
    const { since } = fragment.profile;
    const { stage, because, changesOn } = lifecycleOf({ value, subscriptions, leads, opportunities, since }, at, dayOf);
    const cases = readCases(service);
    const complaints = readComplaints(service);
    const campaigns = readCampaigns(marketing);
    const {
      sessions,
      seen: [firstSeen, lastSeen],
    } = fragment.activity;
    const next = Math.min(changesOn ?? Infinity, value.nextChange ?? Infinity);
    const open = cases.filter((c) => c.state === 'open').length;
    return {
      day: dayToText(at),
      ...(next !== Infinity && { changesOn: dayToText(next) }),
      lifecycle: { stage, because },
      get profile() {
        return goldenProfile(fragment.profile, survivorship);
      },
      ...(since !== 0 && { since: dayToText(dayOf(since)) }),
      get identifiers() {
        return knownIdentifiers(fragment.profile);
      },
      ...(firstSeen !== undefined && { firstSeen: new Date(firstSeen).toISOString() }),
      ...(lastSeen !== undefined && { lastSeen: new Date(lastSeen).toISOString() }),
      get touchpoints() {
        const { types } = fragment.activity;
        return { total: types.reduce((sum, [, n]) => sum + n, 0), byType: Object.fromEntries(types) };
      },
      channels: Object.fromEntries(fragment.activity.channels),
      devices: Object.fromEntries(fragment.activity.devices),
      sessions: { total: sessions[0], searched: sessions[1], messaged: sessions[2], requested: sessions[3] },
      orders: ordersOf(fragment, value, company.currency),
      products: productsOf(value, subscriptions),
      subscriptions: { active: subscriptions.filter((s) => s.active).length, items: subscriptions },
      leads,
      opportunities,
      cases: { open, resolved: cases.length - open, items: cases },
      complaints: { total: complaints.length, items: complaints },
      contacts: readContacts(service),
      campaigns: {
        sent: campaigns.filter((c) => c.sent > 0).length,
        opened: campaigns.filter((c) => c.opened > 0).length,
        responded: campaigns.filter((c) => c.responded > 0).length,
        withheld: campaigns.filter((c) => c.withheld > 0).length,
        items: campaigns,
      },
      consents: readConsents(marketing),
    };
  };
}

function ordersOf(fragment: CrmFragment, value: Value, currency: string): Orders {
  const amounts = (sum: Sum): Amounts => ({ minor: sum.minor, currency, unconverted: sum.unconverted });
  return {
    total: value.orders,
    delivered: value.delivered,
    cancelled: value.cancelled,
    returned: value.returned,
    withoutAmount: value.withoutAmount,
    ...(value.known && { netRevenue: amounts(value.netRevenue), revenue365: amounts(value.revenue365) }),
    ...(value.averageOrder !== undefined && { averageOrder: { minor: value.averageOrder, currency } }),
    byCurrency: value.byCurrency,
    refunds: value.refunds,
    ...(value.firstPurchase !== undefined && { firstPurchase: dayToText(value.firstPurchase) }),
    ...(value.lastPurchase !== undefined && { lastPurchase: dayToText(value.lastPurchase) }),
    get latest() {
      return latestOrders(fragment.value);
    },
  };
}

function latestOrders(fragment: ValueFragment): OrderLine[] {
  return fragment.orders
    .map(readOrder)
    .filter((order) => order !== undefined)
    .sort((a, b) => b.placedAt - a.placedAt || (a.orderId < b.orderId ? -1 : 1))
    .slice(0, LATEST_ORDERS)
    .map((order) => ({ ...order, placedAt: new Date(order.placedAt).toISOString() }));
}

function productsOf(value: Value, subscriptions: readonly Subscription[]): string[] {
  const held = subscriptions.flatMap((s) => (s.active && s.product !== undefined ? [s.product] : []));
  return [...new Set([...value.products, ...held])].sort();
}
