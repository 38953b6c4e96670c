/** The phone part of home.v1: FROZEN with it. Knows just enough of numbering plans to give each number one spelling. */
import type { Normalised } from './normalised.ts';

/** One country's numbering plan: what its people dial, and how long a number is without country and trunk. */
interface Plan {
  readonly code: string;
  /** Dialled before a national number, no part of it. */
  readonly trunk: string;
  readonly shortest: number;
  readonly longest: number;
  /** Dialled before a country code. */
  readonly abroad: string;
}

const plan = (code: string, trunk: string, shortest: number, longest: number, abroad = '00'): Plan => ({
  code,
  trunk,
  shortest,
  longest,
  abroad,
});

/** By ISO 3166 region. Lengths are those of fixed and mobile lines; where a plan is open-ended, those in use. */
// prettier-ignore
const PLANS: Readonly<Record<string, Plan>> = {
  US: plan('1', '1', 10, 10, '011'), CA: plan('1', '1', 10, 10, '011'), GB: plan('44', '0', 9, 10), IE: plan('353', '0', 7, 10),
  DE: plan('49', '0', 6, 11), AT: plan('43', '0', 6, 11), CH: plan('41', '0', 9, 9), FR: plan('33', '0', 9, 9),
  BE: plan('32', '0', 8, 9), NL: plan('31', '0', 9, 9), LU: plan('352', '', 5, 9), IT: plan('39', '', 6, 11),
  ES: plan('34', '', 9, 9), PT: plan('351', '', 9, 9), DK: plan('45', '', 8, 8), SE: plan('46', '0', 7, 9),
  NO: plan('47', '', 8, 8), FI: plan('358', '0', 6, 10), PL: plan('48', '', 9, 9), CZ: plan('420', '', 9, 9),
  SK: plan('421', '0', 9, 9), HU: plan('36', '06', 8, 9), RO: plan('40', '0', 9, 9), BG: plan('359', '0', 7, 9),
  GR: plan('30', '', 10, 10), HR: plan('385', '0', 8, 9), SI: plan('386', '0', 8, 8), RS: plan('381', '0', 7, 10),
  EE: plan('372', '', 7, 8), LV: plan('371', '', 8, 8), LT: plan('370', '0', 8, 8), UA: plan('380', '0', 9, 9),
  RU: plan('7', '8', 10, 10, '810'), TR: plan('90', '0', 10, 10), IL: plan('972', '0', 8, 9), AE: plan('971', '0', 8, 9),
  SA: plan('966', '0', 9, 9), EG: plan('20', '0', 8, 10), ZA: plan('27', '0', 9, 9), NG: plan('234', '0', 8, 10, '009'),
  KE: plan('254', '0', 7, 9, '000'), IN: plan('91', '0', 10, 10), PK: plan('92', '0', 9, 10), CN: plan('86', '0', 9, 11),
  JP: plan('81', '0', 9, 10, '010'), KR: plan('82', '0', 8, 10), TW: plan('886', '0', 8, 9, '002'), HK: plan('852', '', 8, 8, '001'),
  SG: plan('65', '', 8, 8, '001'), MY: plan('60', '0', 8, 10), TH: plan('66', '0', 8, 9, '001'), ID: plan('62', '0', 7, 12, '001'),
  PH: plan('63', '0', 8, 10), VN: plan('84', '0', 9, 10), AU: plan('61', '0', 9, 9, '0011'), NZ: plan('64', '0', 8, 10),
  BR: plan('55', '0', 10, 11), MX: plan('52', '', 10, 10), AR: plan('54', '0', 10, 11), CL: plan('56', '', 9, 9),
  CO: plan('57', '0', 8, 10), PE: plan('51', '0', 8, 9),
};
const BY_CODE = new Map(Object.values(PLANS).map((known) => [known.code, known]));

/** The regions that may be a deployment's default for phone numbers. */
export const PHONE_REGION_NAMES: readonly string[] = Object.keys(PLANS);

/** What keys nobody has: one digit throughout, and the keypad in order. */
const MADE_UP = /^((\d)\2*|0?1234567890?|9876543210)$/;

/** A number as E.164: an extension is no part of a person's own number, so what has one is refused. */
export function phoneV1(raw: string, region: string): Normalised {
  const value = latinDigits(raw.normalize('NFKC')).replace(/^tel:/i, '');
  if (!/^[\s(]*\+?[\d\s().\-/\u2010-\u2015\u2212]+$/.test(value)) return { ok: false, reason: 'malformed' };
  const digits = value.replace(/\D/g, '');
  const home = PLANS[region];
  if (MADE_UP.test(digits)) return { ok: false, reason: 'blocked' };
  const number = value.includes('+')
    ? abroad(digits)
    : ((home && national(digits, home)) ?? dialledAbroad(digits, home));
  if (!number || !/^[1-9]\d{6,14}$/.test(number) || (number.startsWith('1') && number.length !== 11))
    return { ok: false, reason: 'malformed' };
  const itsPlan = planOf(number);
  if (itsPlan && MADE_UP.test(number.slice(itsPlan.code.length))) return { ok: false, reason: 'blocked' };
  return { ok: true, value: `+${number}` };
}

/** Read as people at home dial it: with or without the trunk prefix, or with the country's code but no plus. */
function national(digits: string, { code, trunk, shortest, longest, abroad: exit }: Plan): string | undefined {
  const fits = (number: string) => number.length >= shortest && number.length <= longest;
  const bare = digits.slice(trunk.length);
  if (trunk !== '' && digits.startsWith(trunk) && fits(bare) && !(trunk === '0' && bare.startsWith('0')))
    return code + bare;
  if (digits.startsWith(exit) && !fits(digits)) return undefined;
  if (fits(digits) && !(trunk === '0' && digits.startsWith('0'))) return code + digits;
  const whole = digits.startsWith(code) ? abroad(digits) : undefined;
  return whole !== undefined && fits(whole.slice(code.length)) ? whole : undefined;
}

/** Read as people at home dial another country. */
function dialledAbroad(digits: string, home: Plan | undefined): string | undefined {
  const exit = [home?.abroad ?? '00', '00'].find((prefix) => digits.startsWith(prefix));
  return exit === undefined ? undefined : abroad(digits.slice(exit.length));
}

/** A number with its country code, without the trunk prefix that does not belong there: +44 (0)20 7946 0958. Undefined when two do. */
function abroad(digits: string): string | undefined {
  const number = withoutTrunk(digits);
  return withoutTrunk(number) === number ? number : undefined;
}

function withoutTrunk(digits: string): string {
  const its = planOf(digits);
  if (!its || its.trunk === '') return digits;
  const rest = digits.slice(its.code.length);
  const isTrunk = rest.startsWith(its.trunk) && (its.trunk === '0' || rest.length > its.longest);
  return isTrunk ? its.code + rest.slice(its.trunk.length) : digits;
}

/** No calling code is the beginning of another. */
function planOf(number: string): Plan | undefined {
  return BY_CODE.get(number.slice(0, 1)) ?? BY_CODE.get(number.slice(0, 2)) ?? BY_CODE.get(number.slice(0, 3));
}

/** Arabic-Indic and Persian digits; NFKC has taken care of the full-width ones. */
function latinDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}
