import type { Touchpoint } from '@throughline/contracts';
import { factAt } from './fact.ts';

/**
 * What a touchpoint is about (an order, a case…), as a 53-bit number: enough to tell one customer's matters apart, and a
 * quarter of the bytes. 0 is none.
 */
export type Ref = number;

/** Facts that name a matter, the most telling first. A subscription is none: it lasts for years and would weld all its stories into one. */
const MATTERS = [
  ['orderId', 'order:'],
  ['caseId', 'case:'],
  ['complaintId', 'complaint:'],
  ['conversationId', 'conversation:'],
] as const;
/** One contact is a matter only where nothing else is named; it ties the survey about a call to the call. */
const CONTACTS = [
  ['callId', 'call:'],
  ['chatId', 'chat:'],
] as const;
const ALL = [...MATTERS, ...CONTACTS];

export const orderRef = (id: string): Ref => hash53(`order:${id}`);

/** Everything a touchpoint says it is about, the most telling first. A survey says so in `about`. */
export function refsOf(touchpoint: Touchpoint): Ref[] {
  const refs: Ref[] = [];
  const facts = touchpoint.data.facts;
  const about =
    touchpoint.type.startsWith('survey.') && typeof facts['about'] === 'object' ? facts['about'] : undefined;
  for (const [name, kind] of ALL) {
    const id = facts[name] ?? (about ? factAt(about, [name]) : undefined);
    if (typeof id === 'string' && id !== '') refs.push(hash53(kind + id));
  }
  // The answers of one questionnaire about nothing in particular are one story: one mood, asked several times.
  const invitation = facts['invitationId'];
  if (!refs.length && typeof invitation === 'string' && invitation !== '')
    refs.push(hash53(`invitation:${invitation}`));
  return refs;
}

/** The matter of a contact, beyond the contact itself; 0 where it names none. */
export function matterOf(touchpoint: Touchpoint): Ref {
  for (const [name, kind] of MATTERS) {
    const id = touchpoint.data.facts[name];
    if (typeof id === 'string' && id !== '') return hash53(kind + id);
  }
  return 0;
}

/** Tells touchpoints of the same millisecond apart, in an order that is no one's arrival. */
export function tieOf(touchpoint: Touchpoint): number {
  return hash53(touchpoint.id) % 0x1_0000_0000;
}

/** cyrb53 (bryc, public domain): 53 bits, well mixed, no secret. Never 0. */
export function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0) || 1;
}
