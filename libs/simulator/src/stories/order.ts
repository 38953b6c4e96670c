import type { Person } from '../person.ts';
import { DAY, feel, HOUR, MINUTE, type Stage } from '../stage.ts';
import { ANGRY, CATEGORIES, GLAD, NEUTRAL } from '../words.ts';
import { contact } from './contact.ts';
import { identify } from './identify.ts';
import { survey } from './survey.ts';

/** An order with its promise, kept or broken, and all that follows from it: the payment, the call, the complaint, the return, the review. */
export function order(stage: Stage, who: Person, at: number): void {
  const { random } = stage;
  identify(stage, who, at - MINUTE);
  const orderId = stage.ref('O');
  const inStore = random.chance(0.15);
  const minor = Math.round(random.lognormal(4200, 0.8));
  const amount = { minor, currency: 'EUR' };
  const category = random.pick(CATEGORIES);
  const place = {
    identifiers: inStore ? [who.customer] : [who.customer, who.email],
    channel: inStore ? 'store' : random.chance(0.4) ? 'app' : 'web',
    brand: 'harbour-shop',
    market: who.market,
    product: category,
  };
  const promisedBy = at + random.between(2, 5) * DAY;
  const items = [{ productId: `P${random.below(500)}`, category, quantity: 1 + random.below(2), amount }];
  const promise = inStore ? {} : { promisedBy: new Date(promisedBy).toISOString() };
  stage.happen(at, 'order.placed', 'shop', {
    ...place,
    facts: { orderId, amount, margin: { minor: Math.round(minor * 0.3), currency: 'EUR' }, items, ...promise },
  });
  if (random.chance(0.03)) {
    stage.happen(at + MINUTE, 'payment.failed', 'payments', { ...place, facts: { orderId, amount } });
    feel(stage, who.number, 0.2, 0.2);
    if (random.chance(0.4))
      return stage.happen(at + DAY, 'order.cancelled', 'shop', { ...place, facts: { orderId, by: 'customer' } });
  }
  stage.happen(at + 2 * MINUTE, 'payment.received', 'payments', {
    ...place,
    facts: { orderId, amount, method: random.pick(['card', 'transfer', 'wallet']) },
  });
  if (inStore) return;

  const isLate = random.chance(0.16);
  const delivered = isLate ? promisedBy + HOUR + random.exponential(2.5 * DAY) : promisedBy - random.next() * 1.5 * DAY;
  if (isLate) {
    feel(stage, who.number, 0, 0.5);
    if (random.chance(0.45)) contact(stage, who, promisedBy + random.next() * DAY, { orderId });
    if (random.chance(0.2)) {
      const complaintId = stage.ref('B');
      stage.happen(delivered - HOUR, 'complaint.filed', 'cases', {
        ...place,
        channel: random.pick(['email', 'phone', 'web']),
        facts: {
          complaintId,
          orderId,
          reason: 'late delivery',
          timely: random.chance(0.9),
          response: 'closed with explanation',
        },
        text: random.pick(ANGRY),
      });
    }
  } else {
    feel(stage, who.number, 0.95, 0.3);
  }
  stage.happen(delivered, 'order.delivered', 'carrier', {
    ...place,
    identifiers: [{ type: 'order', value: orderId }, who.email],
    facts: { orderId },
  });
  if (random.chance(isLate ? 0.15 : 0.06)) {
    const returned = delivered + random.between(2, 12) * DAY;
    stage.happen(returned, 'order.returned', 'shop', {
      ...place,
      facts: { orderId, amount, reason: random.pick(['broken', 'not as described', 'changed mind']) },
    });
    stage.happen(returned + 2 * DAY, 'refund.issued', 'payments', { ...place, facts: { orderId, amount } });
  }
  if (random.chance(0.35)) survey(stage, who, delivered + DAY, 'csat', { channel: place.channel, orderId });
  if (random.chance(0.12)) {
    const mood = stage.mood[who.number]!;
    const score = Math.min(5, Math.max(1, Math.round(1 + 4 * mood + (random.next() - 0.5))));
    stage.happen(delivered + random.exponential(3 * DAY) + HOUR, 'review.posted', 'reviews', {
      ...place,
      // Every fourth review is about nobody known.
      identifiers: random.chance(0.25) ? [] : [who.email],
      facts: { reviewId: stage.ref('R'), score, orderId },
      text: random.pick(score > 3 ? GLAD : score === 3 ? NEUTRAL : ANGRY),
    });
  }
}
