import type { Identifier } from '@throughline/contracts';
import type { Person } from '../person.ts';
import { MINUTE, type Stage } from '../stage.ts';
import { CATEGORIES } from '../words.ts';

/** A visit to the shop or the bank's site. Says who it was only if the customer is known and signed in. Returns when it ended. */
export function browse(stage: Stage, who: Person, at: number): number {
  const { random } = stage;
  const inApp = random.chance(0.35);
  const device = inApp ? who.app : who.visitor;
  const isSignedIn = stage.known[who.number] === 1 && random.chance(inApp ? 0.9 : 0.4);
  const identifiers: Identifier[] = isSignedIn ? [who.customer, device] : [device];
  const place = {
    identifiers,
    channel: inApp ? 'app' : 'web',
    brand: random.chance(0.6) ? 'harbour-shop' : 'harbour-bank',
    market: who.market,
  };
  const system = inApp ? 'app' : 'website';
  const sessionId = stage.ref('S');
  const pages = 1 + random.poisson(1.6);
  let now = at;
  for (let page = 0; page < pages; page++) {
    const category = random.pick(CATEGORIES);
    if (page > 0 && random.chance(0.4)) {
      stage.happen(now, 'product.viewed', system, {
        ...place,
        facts: { productId: `P${random.below(500)}`, category, sessionId },
      });
    } else {
      stage.happen(now, 'page.viewed', system, { ...place, facts: { path: `/${category}`, sessionId } });
    }
    now += random.exponential(1.5 * MINUTE);
  }
  stage.happen(now, 'session.ended', system, {
    ...place,
    facts: {
      sessionId,
      seconds: Math.round((now - at) / 1000),
      pages,
      device: inApp ? 'app' : 'browser',
      searched: random.chance(0.3),
    },
  });
  return now;
}
