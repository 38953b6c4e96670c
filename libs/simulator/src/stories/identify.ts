import type { Person } from '../person.ts';
import { MINUTE, type Stage } from '../stage.ts';

/** The moment an anonymous visitor becomes known: signs up in the browser that they have been seen in all along. */
export function identify(stage: Stage, who: Person, at: number): void {
  if (stage.known[who.number] === 1 || who.isAnonymous) return;
  stage.known[who.number] = 1;
  const identifiers = [who.customer, who.email, who.phone, who.visitor];
  stage.happen(at, 'customer.identified', 'accounts', {
    identifiers,
    channel: 'web',
    brand: 'harbour-shop',
    market: who.market,
    facts: {},
    traits: { name: who.name, country: 'US', city: `${who.market} city` },
  });
  if (stage.random.chance(0.7)) {
    stage.happen(at + MINUTE, 'consent.granted', 'accounts', {
      identifiers: [who.customer],
      channel: 'web',
      market: who.market,
      facts: { channel: 'email', purpose: 'marketing' },
    });
  }
}
