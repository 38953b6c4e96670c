import type { JsonObject } from '@throughline/contracts';
import type { Person } from '../person.ts';
import { DAY, feel, HOUR, type Stage } from '../stage.ts';
import { CALL_REASONS, TEAMS } from '../words.ts';
import { survey } from './survey.ts';

/**
 * The customer needs help: calls or chats, waits, is helped or not, and if not comes back, until it is resolved, becomes a
 * case, or is given up.
 *
 * @param about what it is about: `orderId`, `complaintId`.
 */
export function contact(stage: Stage, who: Person, at: number, about: JsonObject = {}): void {
  const { random } = stage;
  const reason = about['orderId'] ? 'where is my order' : random.pick(CALL_REASONS);
  const team = random.pick(TEAMS);
  let now = at;
  let caseId: string | undefined;
  for (let attempt = 0; attempt < 4; attempt++) {
    const byPhone = random.chance(0.7);
    const id = stage.ref(byPhone ? 'T' : 'H');
    const waitSeconds = Math.round(random.exponential(150));
    const isAbandoned = waitSeconds > 240 && random.chance(0.4);
    const resolved = !isAbandoned && random.chance(0.68);
    // A caller is known by the number alone; who is chatting is signed in.
    const identifiers = byPhone ? [who.phone] : [who.customer];
    const place = {
      identifiers,
      channel: byPhone ? 'phone' : 'chat',
      platform: 'contact-centre',
      brand: 'harbour-bank',
      market: who.market,
      team,
    };
    const facts: JsonObject = {
      [byPhone ? 'callId' : 'chatId']: id,
      waitSeconds,
      outcome: isAbandoned ? 'abandoned' : 'answered',
      reason,
      firstContact: attempt === 0,
      ...(isAbandoned
        ? {}
        : {
            talkSeconds: Math.round(random.lognormal(300, 0.7)),
            holdSeconds: random.chance(0.3) ? random.between(10, 200) : 0,
          }),
      ...(isAbandoned ? {} : { transfers: random.chance(0.2) ? 1 : 0, resolved }),
      ...(caseId ? { caseId } : {}),
      ...about,
    };
    stage.happen(now, byPhone ? 'call.ended' : 'chat.ended', 'contact-centre', { ...place, facts });
    feel(stage, who.number, resolved ? 0.85 : 0.05, waitSeconds > 300 ? 0.5 : 0.25);
    if (resolved) {
      if (caseId) {
        stage.happen(now + HOUR, 'case.resolved', 'cases', {
          ...place,
          identifiers: [who.customer],
          facts: { caseId, seconds: Math.round((now + HOUR - at) / 1000), firstContact: attempt === 0 },
        });
      }
      if (random.chance(0.3))
        survey(stage, who, now + 2 * HOUR, random.chance(0.5) ? 'csat' : 'ces', {
          channel: place.channel,
          team,
          ...(byPhone ? { callId: id } : {}),
        });
      return;
    }
    if (attempt === 1 && !caseId) {
      caseId = stage.ref('K');
      stage.happen(now + HOUR / 2, 'case.opened', 'cases', {
        ...place,
        identifiers: [who.customer],
        facts: { caseId, reason, ...about },
      });
    }
    if (attempt === 2 && caseId) {
      stage.happen(now + HOUR, 'case.escalated', 'cases', {
        ...place,
        identifiers: [who.customer],
        facts: { caseId, level: 2 },
      });
    }
    if (random.chance(0.35)) return;
    now += HOUR + random.exponential(1.5 * DAY);
  }
}
