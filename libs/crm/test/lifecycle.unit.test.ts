import { describe, expect, test } from '@jest/globals';
import type { Touchpoint } from '@throughline/contracts';
import { eur, happened, viewOf } from './history.ts';

const stage = (story: readonly Touchpoint[], day = '2024-06-30') => viewOf(story, day).lifecycle.stage;

describe('a customer’s lifecycle', () => {
  const order = happened('2024-01-15', 'order.placed', { orderId: 'A', amount: eur(100) });

  test('is customer for 364 days after the last purchase, and lapsed from the 365th', () => {
    expect(stage([order], '2025-01-13')).toBe('customer');
    expect(stage([order], '2025-01-14')).toBe('lapsed');
    expect(viewOf([order], '2025-01-13').changesOn).toBe('2025-01-14');
  });

  test('is customer as long as a subscription is active, however old', () => {
    const started = happened('2019-01-01', 'subscription.started', { subscriptionId: 'S' });
    const ended = happened('2024-02-01', 'subscription.ended', { subscriptionId: 'S' });
    expect(stage([started])).toBe('customer');
    expect(stage([ended, started], '2025-01-30')).toBe('customer');
    expect(stage([ended, started], '2025-01-31')).toBe('lapsed');
  });

  test('is customer again when an ended subscription is renewed later', () => {
    const story = ['started', 'ended', 'renewed'].map((verb, i) =>
      happened(`2020-0${i + 1}-01`, `subscription.${verb}`, { subscriptionId: 'S' }),
    );
    expect(stage(story.toReversed())).toBe('customer');
  });

  test('is prospect, not customer, by an order that was cancelled', () => {
    expect(stage([order, happened('2024-01-16', 'order.cancelled', { orderId: 'A' })])).toBe('prospect');
  });

  test('takes a source’s word for the relationship where no purchase is known, and the purchases where they are', () => {
    const told = happened('2024-05-01', 'customer.identified', { since: '2010-03-01T00:00:00Z' });
    expect(viewOf([told], '2024-06-30')).toMatchObject({ lifecycle: { stage: 'customer' }, since: '2010-03-01' });
    expect(stage([told, order], '2025-06-30')).toBe('lapsed');
  });

  test('is lead, then prospect, then customer as a sale goes on, and lead again when it is lost', () => {
    const lead = happened('2024-01-01', 'lead.created', { leadId: 'L' });
    const qualified = happened('2024-01-02', 'lead.qualified', { leadId: 'L' });
    const opened = happened('2024-01-03', 'opportunity.opened', { opportunityId: 'O', stage: 'offer' });
    const won = happened('2024-01-04', 'opportunity.won', { opportunityId: 'O' });
    const lost = happened('2024-01-04', 'opportunity.lost', { opportunityId: 'O' });
    expect(stage([lead])).toBe('lead');
    expect(stage([lead, qualified])).toBe('prospect');
    expect(stage([lead, opened])).toBe('prospect');
    expect(stage([lead, opened, won])).toBe('customer');
    expect(stage([lead, opened, lost])).toBe('lead');
    expect(stage([opened, lost])).toBe('lead');
  });

  test('is unknown for a visitor', () => {
    expect(stage([happened('2024-01-01', 'page.viewed')])).toBe('unknown');
  });
});
