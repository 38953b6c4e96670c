import type { Person } from '../person.ts';
import { DAY, HOUR, MINUTE, type Stage } from '../stage.ts';
import { ACCOUNTS } from '../words.ts';
import { identify } from './identify.ts';

const RATE = { minor: 490, currency: 'EUR' };

/** An account is opened, renewed, perhaps closed; a loan goes from lead to won or lost. */
export function banking(stage: Stage, who: Person, at: number): void {
  const { random } = stage;
  identify(stage, who, at - MINUTE);
  const place = {
    identifiers: [who.customer],
    channel: random.chance(0.5) ? 'store' : 'app',
    brand: 'harbour-bank',
    market: who.market,
  };
  if (random.chance(0.5)) {
    const subscriptionId = stage.ref('A');
    const product = random.pick(ACCOUNTS);
    const facts = { subscriptionId, amount: RATE, period: 'month' };
    stage.happen(at, 'subscription.started', 'core-banking', { ...place, product, facts });
    for (let month = 1; month <= 3; month++)
      stage.happen(at + month * 30 * DAY, 'subscription.renewed', 'core-banking', { ...place, product, facts });
    if (random.chance(0.1 + 0.3 * (1 - stage.mood[who.number]!))) {
      stage.happen(at + 95 * DAY, 'subscription.ended', 'core-banking', {
        ...place,
        product,
        facts: { subscriptionId, by: 'customer', reason: 'closed' },
      });
    }
    return;
  }
  const leadId = stage.ref('L');
  const opportunityId = stage.ref('Y');
  const amount = { minor: Math.round(random.lognormal(1_500_000, 0.6)), currency: 'EUR' };
  const data = { ...place, product: 'loan' };
  stage.happen(at, 'lead.created', 'sales', { ...data, facts: { leadId, origin: 'branch' } });
  if (random.chance(0.4)) return;
  stage.happen(at + 5 * HOUR, 'lead.qualified', 'sales', { ...data, facts: { leadId } });
  stage.happen(at + DAY, 'opportunity.opened', 'sales', {
    ...data,
    facts: { opportunityId, leadId, amount, stage: 'offer' },
  });
  stage.happen(at + 4 * DAY, 'opportunity.advanced', 'sales', { ...data, facts: { opportunityId, stage: 'contract' } });
  const won = random.chance(0.2 + 0.5 * stage.mood[who.number]!);
  stage.happen(at + 9 * DAY, won ? 'opportunity.won' : 'opportunity.lost', 'sales', {
    ...data,
    facts: { opportunityId, amount },
  });
}
