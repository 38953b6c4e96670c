import type { Person } from '../person.ts';
import { DAY, HOUR, MINUTE, type Stage } from '../stage.ts';
import { order } from './order.ts';

/** One customer of a campaign: one in ten is in the control group and hears nothing; the others may open, click, buy. */
export function campaign(stage: Stage, who: Person, at: number, campaignId: string): void {
  const { random } = stage;
  if (stage.known[who.number] !== 1) return;
  const place = { identifiers: [who.email], channel: 'email', brand: 'harbour-shop', market: who.market };
  if (random.chance(0.1)) {
    stage.happen(at, 'campaign.withheld', 'marketing', { ...place, facts: { campaignId } });
    if (random.chance(0.01)) order(stage, who, at + random.exponential(3 * DAY));
    return;
  }
  const messageId = stage.ref('M');
  stage.happen(at, 'campaign.sent', 'marketing', {
    ...place,
    facts: { campaignId, variant: random.chance(0.5) ? 'a' : 'b' },
  });
  if (random.chance(0.02))
    return stage.happen(at + MINUTE, 'email.bounced', 'mail', {
      ...place,
      facts: { messageId, campaignId, bounce: 'soft' },
    });
  stage.happen(at + MINUTE, 'email.delivered', 'mail', { ...place, facts: { messageId, campaignId } });
  if (!random.chance(0.35)) return;
  const opened = at + random.exponential(8 * HOUR);
  stage.happen(opened, 'email.opened', 'mail', { ...place, facts: { messageId, campaignId } });
  if (random.chance(0.03))
    stage.happen(opened + MINUTE, 'consent.withdrawn', 'mail', {
      ...place,
      facts: { channel: 'email', purpose: 'marketing' },
    });
  if (!random.chance(0.25)) return;
  stage.happen(opened + MINUTE, 'email.clicked', 'mail', { ...place, facts: { messageId, campaignId } });
  if (!random.chance(0.3)) return;
  stage.happen(opened + 10 * MINUTE, 'campaign.responded', 'marketing', { ...place, facts: { campaignId } });
  order(stage, who, opened + 12 * MINUTE);
}
