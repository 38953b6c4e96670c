import { dayToText, type Day } from '@throughline/contracts';
import type { Lead, Opportunity, Subscription } from './sales.ts';
import { TRAILING_DAYS, type Value } from './value.ts';

/**
 * Where the customer stands, the first that holds:
 *
 * - `customer`: has an active subscription; or bought within the last 365 days (an order not cancelled, a payment of its own, an
 *   opportunity won, a subscription that ended); or, where no purchase of any kind is known, a source says since when the relationship runs.
 * - `lapsed`: bought once, and neither bought nor had a subscription for 365 days.
 * - `prospect`: never bought, and has an open opportunity, a qualified lead, or an order that was cancelled.
 * - `lead`: never bought, and somebody noted a lead (an opportunity lost falls back to it).
 * - `unknown`: a visitor, a caller, a name: nothing tells yet.
 */
export const LIFECYCLES = ['lead', 'prospect', 'customer', 'lapsed', 'unknown'] as const;
export type LifecycleStage = (typeof LIFECYCLES)[number];

export interface Lifecycle {
  readonly stage: LifecycleStage;
  /** Why, in words. */
  readonly because: string;
  /** The first day after `at` on which time alone changes the stage. */
  readonly changesOn?: Day;
}

export interface LifecycleEvidence {
  readonly value: Value;
  readonly subscriptions: readonly Subscription[];
  readonly leads: readonly Lead[];
  readonly opportunities: readonly Opportunity[];
  /** When the relationship began, by a source's word; 0 for unknown. */
  readonly since: number;
}

export function lifecycleOf(evidence: LifecycleEvidence, at: Day, dayOf: (epochMs: number) => Day): Lifecycle {
  const active = evidence.subscriptions.filter((subscription) => subscription.active).length;
  if (active > 0)
    return { stage: 'customer', because: `${active} active ${active === 1 ? 'subscription' : 'subscriptions'}` };

  const last = lastPurchase(evidence, dayOf);
  if (last !== undefined) {
    const lapses = last + TRAILING_DAYS;
    return at < lapses
      ? { stage: 'customer', because: `last purchase on ${dayToText(last)}`, changesOn: lapses }
      : { stage: 'lapsed', because: `no purchase for ${TRAILING_DAYS} days, the last on ${dayToText(last)}` };
  }
  if (evidence.since !== 0) {
    return {
      stage: 'customer',
      because: `in a relationship since ${dayToText(dayOf(evidence.since))}, by a source’s word`,
    };
  }
  if (evidence.opportunities.some((opportunity) => opportunity.state === 'open')) {
    return { stage: 'prospect', because: 'an opportunity is open' };
  }
  if (evidence.leads.some((lead) => lead.state === 'qualified'))
    return { stage: 'prospect', because: 'a lead was qualified' };
  if (evidence.value.cancelled > 0) return { stage: 'prospect', because: 'an order was placed and cancelled' };
  if (evidence.leads.length > 0) return { stage: 'lead', because: 'a lead was noted' };
  if (evidence.opportunities.length > 0) return { stage: 'lead', because: 'an opportunity was lost' };
  return { stage: 'unknown', because: 'neither purchase, subscription, opportunity nor lead is known' };
}

function lastPurchase(evidence: LifecycleEvidence, dayOf: (epochMs: number) => Day): Day | undefined {
  const days = [
    evidence.value.lastPurchase,
    ...evidence.subscriptions.map((s) => s.endedAt && dayOf(Date.parse(s.endedAt))),
    ...evidence.opportunities.map((o) => (o.state === 'won' ? dayOf(Date.parse(o.since)) : undefined)),
  ].filter((day): day is Day => typeof day === 'number');
  return days.length === 0 ? undefined : Math.max(...days);
}
