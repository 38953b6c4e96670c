import type { Identifier } from '@throughline/contracts';
import { FIRST_NAMES, LAST_NAMES, MARKETS } from './words.ts';

/** One made-up customer: all of them is a function of the number, so a million of them cost no memory. */
export interface Person {
  readonly number: number;
  readonly name: string;
  readonly market: string;
  readonly customer: Identifier;
  readonly email: Identifier;
  readonly phone: Identifier;
  /** The browser at home, which the next person may share. */
  readonly visitor: Identifier;
  readonly app: Identifier;
  /** Never tells who they are: stays a visitor. */
  readonly isAnonymous: boolean;
}

export function person(number: number): Person {
  const first = FIRST_NAMES[(number * 7) % FIRST_NAMES.length]!;
  const last = LAST_NAMES[(number * 11 + (number >>> 5)) % LAST_NAMES.length]!;
  // Every eighth household has one browser for two.
  const browser = number % 8 === 7 ? number - 1 : number;
  return {
    number,
    name: `${first} ${last}`,
    market: MARKETS[number % MARKETS.length]!,
    customer: { type: 'customer', value: `C${String(number).padStart(7, '0')}` },
    email: { type: 'email', value: `${first}.${last}.${number}@example.com`.toLowerCase() },
    phone: { type: 'phone', value: `+1555${String(2_000_000 + number).padStart(7, '0')}` },
    visitor: { type: 'visitor', value: `b-${browser.toString(36)}` },
    app: { type: 'device', value: `a-${number.toString(36)}` },
    isAnonymous: number % 10 === 9,
  };
}
