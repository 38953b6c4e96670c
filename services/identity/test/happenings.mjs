/** A log full of trouble, the same every time: shared devices, colliding clients, retractions, links, splits and undoings. */
import { createHash } from 'node:crypto';
import { DEFAULT_RULES } from '@throughline/identity';

/** The shipped rules, but that an e-mail address seen with more than two others of people says nothing of them. */
export const OTHER_RULES = {
  ...DEFAULT_RULES,
  version: 2,
  types: {
    ...DEFAULT_RULES.types,
    email: { ...DEFAULT_RULES.types.email, maxNeighbours: { ...DEFAULT_RULES.types.email.maxNeighbours, person: 2 } },
  },
};

const STRONGEST_FIRST = ['client', 'email', 'phone', 'order', 'visitor', 'device'];

const hex = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32);
const uuid = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export function happenings(count) {
  let state = 42;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const key = (type) => ({ type, key: hex(`${type}${random(type === 'device' ? 200 : 900)}`) });
  const told = [];
  const sent = [];
  for (let n = 0; n < count; n++) {
    const chance = random(100);
    const asked = { author: 'a steward', reason: 'a reason' };
    const stewards = (type, data) =>
      told.push({ stream: 'identity-requests', event: event(n, type, { ...asked, ...data }) });
    if (chance < 2 && sent.length > 0) {
      const { stream, event: wrong } = sent[random(sent.length)];
      told.push({ stream, event: event(n, 'touchpoint.retracted', { keys: [], facts: { touchpointId: wrong.id } }) });
    } else if (chance < 3) stewards('identity.link-requested', { a: key('email'), b: key('phone') });
    else if (chance < 4)
      stewards('identity.split-requested', { apart: [key('email')], rest: [key('phone'), key('client')] });
    else if (chance < 5) stewards('identity.request-undone', { requestId: uuid(random(n + 1)) });
    else {
      const types = STRONGEST_FIRST.filter(() => random(3) === 0);
      const keys = (types.length > 0 ? types : ['email']).map(key);
      const touchpoint = { stream: `touchpoint-${keys[0].key}`, event: event(n, 'page.viewed', { keys, facts: {} }) };
      sent.push(touchpoint);
      told.push(touchpoint);
    }
  }
  return told;

  function event(n, type, data) {
    return { id: uuid(n), type, occurredAt: 1_700_000_000_000 + random(1000), data, metadata: {} };
  }
}
