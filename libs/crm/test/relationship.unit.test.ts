import { describe, expect, test } from '@jest/globals';
import { eur, happened, indexOf, viewOf } from './history.ts';

const DAY = '2024-06-30';

describe('cases', () => {
  const opened = happened('2024-01-01', 'case.opened', { caseId: 'C', reason: 'billing' });
  const resolved = happened('2024-01-03', 'case.resolved', { caseId: 'C' });
  const reopened = happened('2024-01-05', 'case.reopened', { caseId: 'C' });

  test('are as their latest opening, resolution or reopening left them, in whatever order these came', () => {
    expect(viewOf([resolved, opened], DAY).cases).toMatchObject({ open: 0, resolved: 1 });
    expect(viewOf([reopened, resolved, opened], DAY).cases).toMatchObject({
      open: 1,
      items: [{ caseId: 'C', state: 'open', reason: 'billing', reopened: 1 }],
    });
  });

  test('are not opened again by a reply or an escalation', () => {
    const later = [
      happened('2024-01-04', 'case.replied', { caseId: 'C' }),
      happened('2024-01-04', 'case.escalated', { caseId: 'C' }),
    ];
    expect(viewOf([opened, resolved, ...later], DAY).cases).toMatchObject({ open: 0, items: [{ escalated: 1 }] });
  });
});

describe('contacts and complaints', () => {
  test('count calls whatever became of them, and contacts without those where nobody was there', () => {
    const story = [
      ...['answered', 'answered', 'abandoned', 'phantom'].map((outcome) =>
        happened('2024-01-01', 'call.ended', { outcome }),
      ),
      happened('2024-01-01', 'call.ended', {}),
      happened('2024-01-01', 'chat.ended', { outcome: 'answered' }),
      happened('2024-01-01', 'message.received', {}, { channel: 'email' }),
    ];
    expect(viewOf(story, DAY).contacts).toEqual({
      total: 6,
      calls: { total: 5, byOutcome: { abandoned: 1, answered: 2, phantom: 1, unknown: 1 } },
      chats: { total: 1, byOutcome: { answered: 1 } },
      messages: { total: 1, byChannel: { email: 1 } },
    });
    expect(indexOf(story, DAY)).toMatchObject({ 'crm.calls': 5, 'crm.contacts': 6, 'crm.complaints': 0 });
  });

  test('a complaint told twice is one, and learns later whether it was answered in time', () => {
    const story = [
      happened(
        '2024-01-01',
        'complaint.filed',
        { complaintId: 'B', reason: 'fees' },
        { channel: 'web', product: 'card' },
      ),
      happened(
        '2024-01-09',
        'complaint.filed',
        { complaintId: 'B', timely: true },
        { channel: 'web', product: 'card' },
      ),
    ];
    expect(viewOf(story.toReversed(), DAY).complaints).toEqual({
      total: 1,
      items: [
        {
          complaintId: 'B',
          filedAt: '2024-01-01T12:00:00.000Z',
          product: 'card',
          channel: 'web',
          timely: true,
          reason: 'fees',
        },
      ],
    });
  });
});

describe('sales', () => {
  test('an opportunity keeps its latest state, stage and amount, each by its own latest word', () => {
    const story = [
      happened('2024-01-01', 'lead.created', { leadId: 'L' }),
      happened('2024-01-02', 'opportunity.opened', {
        opportunityId: 'O',
        leadId: 'L',
        amount: eur(1_000),
        stage: 'offer',
      }),
      happened('2024-01-04', 'opportunity.advanced', { opportunityId: 'O', stage: 'contract' }),
      happened('2024-01-06', 'opportunity.lost', { opportunityId: 'O' }),
    ];
    const view = viewOf(story.toReversed(), DAY);
    expect(view.opportunities).toEqual([
      {
        opportunityId: 'O',
        state: 'lost',
        since: '2024-01-06T12:00:00.000Z',
        stage: 'contract',
        amount: eur(1_000),
        leadId: 'L',
      },
    ]);
    expect(view.leads).toMatchObject([{ leadId: 'L', state: 'converted' }]);
  });

  test('won and lost at the same millisecond is won, whichever came first', () => {
    const story = ['won', 'lost'].map((verb) => happened('2024-01-06', `opportunity.${verb}`, { opportunityId: 'O' }));
    expect(viewOf(story, DAY).opportunities).toEqual(viewOf(story.toReversed(), DAY).opportunities);
    expect(viewOf(story, DAY).opportunities).toMatchObject([{ state: 'won' }]);
  });

  test('a subscription shows its latest terms and when it began and ended', () => {
    const at = (day: string, verb: string, minor: number) =>
      happened(
        day,
        `subscription.${verb}`,
        { subscriptionId: 'S', amount: eur(minor), period: 'month' },
        { product: 'card' },
      );
    const story = [
      at('2024-03-01', 'ended', 1),
      at('2024-01-01', 'started', 490),
      at('2024-02-01', 'renewed', 590),
      happened('2024-02-05', 'subscription.renewed', { subscriptionId: 'S' }),
    ];
    expect(viewOf(story, DAY).subscriptions).toEqual({
      active: 0,
      items: [
        {
          subscriptionId: 'S',
          active: false,
          product: 'card',
          amount: eur(590),
          period: 'month',
          startedAt: '2024-01-01T12:00:00.000Z',
          endedAt: '2024-03-01T12:00:00.000Z',
        },
      ],
    });
  });
});

describe('marketing', () => {
  test('a campaign is counted once a customer as sent, opened, responded and withheld', () => {
    const story = [
      happened('2024-01-01', 'campaign.sent', { campaignId: 'spring', variant: 'a' }),
      happened('2024-01-02', 'email.opened', { campaignId: 'spring' }),
      happened('2024-01-03', 'email.opened', { campaignId: 'spring' }),
      happened('2024-01-03', 'campaign.responded', { campaignId: 'spring' }),
      happened('2024-02-01', 'campaign.withheld', { campaignId: 'summer' }),
      happened('2024-02-01', 'email.opened', {}),
    ];
    const view = viewOf(story, DAY);
    expect(view.campaigns).toMatchObject({ sent: 1, opened: 1, responded: 1, withheld: 1 });
    expect(view.campaigns.items[0]).toEqual({
      campaignId: 'spring',
      sent: 1,
      withheld: 0,
      opened: 2,
      clicked: 0,
      responded: 1,
      variant: 'a',
    });
  });

  test('the latest word on a channel and a purpose holds, and at the same millisecond the refusal', () => {
    const word = (at: string, verb: string, purpose: string) =>
      happened(at, `consent.${verb}`, { channel: 'email', purpose });
    const story = [
      word('2024-02-01', 'withdrawn', 'marketing'),
      word('2024-01-01', 'granted', 'marketing'),
      word('2024-01-01', 'granted', 'service'),
      word('2024-01-01', 'granted', 'profiling'),
      word('2024-01-01', 'withdrawn', 'profiling'),
    ];
    expect(viewOf(story, DAY).consents).toEqual([
      { channel: 'email', purpose: 'marketing', granted: false, since: '2024-02-01T12:00:00.000Z' },
      { channel: 'email', purpose: 'profiling', granted: false, since: '2024-01-01T12:00:00.000Z' },
      { channel: 'email', purpose: 'service', granted: true, since: '2024-01-01T12:00:00.000Z' },
    ]);
  });
});

describe('activity', () => {
  test('counts different devices, channels and what was done in sessions', () => {
    const story = [
      happened(
        '2024-03-05',
        'session.ended',
        { device: 'iPhone', searched: true, messaged: false },
        { channel: 'app' },
      ),
      happened(
        '2024-01-05',
        'session.ended',
        { device: 'Desktop', searched: false, requested: true },
        { channel: 'web' },
      ),
      happened('2024-02-05', 'session.ended', { device: 'iPhone' }, { channel: 'app' }),
    ];
    expect(viewOf(story, DAY)).toMatchObject({
      sessions: { total: 3, searched: 1, messaged: 0, requested: 1 },
      devices: { Desktop: 1, iPhone: 2 },
      touchpoints: { total: 3, byType: { 'session.ended': 3 } },
    });
    expect(indexOf(story, DAY)).toMatchObject({
      'crm.devices': 2,
      'crm.channels': 2,
      'crm.sessions': 3,
      'crm.firstSeen': '2024-01-05',
      'crm.lastSeen': '2024-03-05',
    });
  });
});
