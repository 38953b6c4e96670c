import type { LeadCreated, Money, OpportunityEvent, SubscriptionEvent, Touchpoint } from '@throughline/contracts';
import { factsOf, type PartOfTypes } from './part.ts';
import { earliest, latest, mergeTables, rowOf, type Register } from './table.ts';

/** Subscriptions, leads and opportunities, each by its id. */
export interface SalesFragment {
  readonly subscriptions: SubscriptionRow[];
  readonly leads: LeadRow[];
  readonly opportunities: OpportunityRow[];
}

export type SubscriptionRow = [
  subscriptionId: string,
  /** Whether its latest event ended it. */
  state: Register<[ended: 0 | 1]>,
  amount: Register<[minor: number, currency: string]>,
  period: Register<[period: string]>,
  product: Register<[product: string]>,
  /** Time of its first start or renewal; 0 while none is known. */
  startedAt: number,
];

/** Times of the first creation and the first qualification; 0 for none. */
export type LeadRow = [leadId: string, createdAt: number, qualifiedAt: number];

export type OpportunityRow = [
  opportunityId: string,
  state: Register<[rank: number]>,
  stage: Register<[stage: string]>,
  amount: Register<[minor: number, currency: string]>,
  lead: Register<[leadId: string]>,
];

/** What an opportunity's latest event made of it. Of two at the same millisecond the one further along wins. */
const RANKS = ['opportunity.opened', 'opportunity.advanced', 'opportunity.lost', 'opportunity.won'];
const LOST = 2;
const WON = 3;

export const salesFragment: PartOfTypes<SalesFragment> = {
  empty: () => ({ subscriptions: [], leads: [], opportunities: [] }),

  on: {
    'subscription.started': subscribe,
    'subscription.renewed': subscribe,
    'subscription.ended': subscribe,
    'lead.created'(fragment, touchpoint) {
      const row = leadOf(fragment, factsOf<LeadCreated>(touchpoint).leadId);
      row[1] = earliest(row[1], touchpoint.occurredAt);
    },
    'lead.qualified'(fragment, touchpoint) {
      const row = leadOf(fragment, factsOf<LeadCreated>(touchpoint).leadId);
      row[2] = earliest(row[2], touchpoint.occurredAt);
    },
    'opportunity.opened': pursue,
    'opportunity.advanced': pursue,
    'opportunity.won': pursue,
    'opportunity.lost': pursue,
  },

  merge: (a, b) => ({
    subscriptions: mergeTables(a.subscriptions, b.subscriptions, (x, y): SubscriptionRow => [
      x[0],
      latest(x[1], y[1]),
      latest(x[2], y[2]),
      latest(x[3], y[3]),
      latest(x[4], y[4]),
      earliest(x[5], y[5]),
    ]),
    leads: mergeTables(a.leads, b.leads, (x, y): LeadRow => [x[0], earliest(x[1], y[1]), earliest(x[2], y[2])]),
    opportunities: mergeTables(a.opportunities, b.opportunities, (x, y): OpportunityRow => [
      x[0],
      latest(x[1], y[1]),
      latest(x[2], y[2]),
      latest(x[3], y[3]),
      latest(x[4], y[4]),
    ]),
  }),
};

function subscribe(fragment: SalesFragment, touchpoint: Touchpoint): void {
  const { occurredAt, type, data } = touchpoint;
  const { subscriptionId, amount, period } = factsOf<SubscriptionEvent>(touchpoint);
  const row = rowOf(fragment.subscriptions, subscriptionId, (id): SubscriptionRow => [id, [], [], [], [], 0]);
  const ended = type === 'subscription.ended';
  row[1] = latest(row[1], [occurredAt, ended ? 1 : 0]);
  if (ended) return;
  if (amount) row[2] = latest(row[2], [occurredAt, amount.minor, amount.currency]);
  if (period !== undefined) row[3] = latest(row[3], [occurredAt, period]);
  if (data.product !== undefined) row[4] = latest(row[4], [occurredAt, data.product]);
  row[5] = earliest(row[5], occurredAt);
}

function leadOf(fragment: SalesFragment, leadId: string): LeadRow {
  return rowOf(fragment.leads, leadId, (id): LeadRow => [id, 0, 0]);
}

function pursue(fragment: SalesFragment, touchpoint: Touchpoint): void {
  const { occurredAt, type } = touchpoint;
  const { opportunityId, stage, amount, leadId } = factsOf<OpportunityEvent>(touchpoint);
  const row = rowOf(fragment.opportunities, opportunityId, (id): OpportunityRow => [id, [], [], [], []]);
  row[1] = latest(row[1], [occurredAt, RANKS.indexOf(type)]);
  if (stage !== undefined) row[2] = latest(row[2], [occurredAt, stage]);
  if (amount) row[3] = latest(row[3], [occurredAt, amount.minor, amount.currency]);
  if (leadId !== undefined) row[4] = latest(row[4], [occurredAt, leadId]);
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly active: boolean;
  readonly product?: string;
  /** What one period costs. */
  readonly amount?: Money;
  readonly period?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

export interface Lead {
  readonly leadId: string;
  /** `converted`: an opportunity names it. */
  readonly state: 'created' | 'qualified' | 'converted';
  readonly createdAt?: string;
  readonly qualifiedAt?: string;
}

export interface Opportunity {
  readonly opportunityId: string;
  readonly state: 'open' | 'won' | 'lost';
  readonly since: string;
  readonly stage?: string;
  readonly amount?: Money;
  readonly leadId?: string;
}

export function readSubscriptions(fragment: SalesFragment): Subscription[] {
  return fragment.subscriptions.map(([subscriptionId, state, amount, [, period], [, product], startedAt]) => {
    const [at = 0, ended = 0] = state;
    return {
      subscriptionId,
      active: ended === 0,
      ...(product !== undefined && { product }),
      ...moneyOf(amount),
      ...(period !== undefined && { period }),
      ...(startedAt !== 0 && { startedAt: new Date(startedAt).toISOString() }),
      ...(ended === 1 && { endedAt: new Date(at).toISOString() }),
    };
  });
}

function moneyOf([, minor, currency]: Register<[minor: number, currency: string]>): { amount?: Money } {
  return minor === undefined || currency === undefined ? {} : { amount: { minor, currency } };
}

export function readLeads(fragment: SalesFragment): Lead[] {
  const converted = new Set(fragment.opportunities.map((opportunity) => opportunity[4][1]));
  return fragment.leads.map(([leadId, createdAt, qualifiedAt]) => ({
    leadId,
    state: converted.has(leadId) ? 'converted' : qualifiedAt !== 0 ? 'qualified' : 'created',
    ...(createdAt !== 0 && { createdAt: new Date(createdAt).toISOString() }),
    ...(qualifiedAt !== 0 && { qualifiedAt: new Date(qualifiedAt).toISOString() }),
  }));
}

export function readOpportunities(fragment: SalesFragment): Opportunity[] {
  return fragment.opportunities.map(([opportunityId, state, [, stage], amount, [, leadId]]) => {
    const [at = 0, rank = 0] = state;
    return {
      opportunityId,
      state: rank === WON ? 'won' : rank === LOST ? 'lost' : 'open',
      since: new Date(at).toISOString(),
      ...(stage !== undefined && { stage }),
      ...moneyOf(amount),
      ...(leadId !== undefined && { leadId }),
    };
  });
}
