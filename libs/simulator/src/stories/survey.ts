import type { JsonObject } from '@throughline/contracts';
import type { Person } from '../person.ts';
import { DAY, feel, HOUR, MINUTE, type Stage } from '../stage.ts';
import { ANGRY, GLAD, NEUTRAL } from '../words.ts';

const SCALES = { nps: [0, 10], csat: [1, 5], ces: [1, 7] } as const;

/** A survey goes out; the very glad and the very angry answer more often, the rest keep silent. */
export function survey(stage: Stage, who: Person, at: number, question: keyof typeof SCALES, about?: JsonObject): void {
  const { random } = stage;
  const invitationId = stage.ref('I');
  const base = {
    surveyId: about ? `after-${String(about['channel'] ?? 'order')}` : 'relationship',
    invitationId,
    kind: about ? 'transactional' : 'relational',
    question,
    ...(about ? { about } : {}),
  };
  const place = { identifiers: [who.email], channel: 'email', brand: 'harbour-shop', market: who.market };
  stage.happen(at, 'survey.sent', 'surveys', { ...place, facts: base });
  const mood = stage.mood[who.number]!;
  const answers = random.chance(0.12 + 0.5 * Math.abs(mood - 0.6));
  if (!answers) {
    if (random.chance(0.05))
      stage.happen(at + random.exponential(5 * HOUR), 'survey.dismissed', 'surveys', { ...place, facts: base });
    return;
  }
  const [scaleMin, scaleMax] = SCALES[question];
  const felt = Math.min(1, Math.max(0, mood + (random.next() - 0.5) * 0.4));
  const score = Math.round(scaleMin + felt * (scaleMax - scaleMin));
  const words = felt > 0.7 ? GLAD : felt > 0.4 ? NEUTRAL : ANGRY;
  stage.happen(at + Math.min(random.exponential(DAY), 9 * DAY) + MINUTE, 'survey.answered', 'surveys', {
    ...place,
    facts: { ...base, score, scaleMin, scaleMax },
    ...(random.chance(0.35) ? { text: random.pick(words) } : {}),
  });
  feel(stage, who.number, 0.6, 0.05);
}
