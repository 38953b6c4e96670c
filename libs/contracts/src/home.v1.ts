/**
 * home.v1: how an identifier is normalised, how it becomes a key, and which of a touchpoint's keys is its home.
 *
 * FROZEN. A change of one character in here would send a customer's next touchpoint to another stream than the last one.
 * A better rule is home.v2 beside it; the test vectors beside the tests pin this one.
 */
import { createHmac } from 'node:crypto';
import type { Identifier, Key } from './touchpoint.ts';

export type RefusedIdentifier = 'empty' | 'blocked' | 'malformed';
export type Normalised = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: RefusedIdentifier };

/** Strongest first. A type that is not listed stands between `loyalty` and `order`; ties go by type, then by key. */
const STRONG = ['customer', 'client', 'account', 'email', 'phone', 'loyalty'];
const WEAK = ['order', 'case', 'complaint', 'ticket', 'session', 'visitor', 'anonymous', 'cookie', 'device'];
const UNLISTED = STRONG.length;

/** Values that people and systems write when they have none: one "customer" of them all would be a lie. Compared in lower case. */
const BLOCKED = new Set([
  'null', 'nil', 'none', 'undefined', 'nan', 'n/a', 'na', 'n.a.', '-', '--', '.', '?', 'unknown', 'anonymous', 'anon', 'guest',
  'not provided', 'not available', 'no email', 'noemail', 'no phone', 'test', 'true', 'false', '[object object]',
]);

/** Calling code and trunk prefix by ISO 3166 region, for numbers written without a country. */
const PHONE_REGIONS: Readonly<Record<string, readonly [code: string, trunk: string]>> = {
  US: ['1', '1'], CA: ['1', '1'], GB: ['44', '0'], IE: ['353', '0'], DE: ['49', '0'], AT: ['43', '0'], CH: ['41', '0'],
  FR: ['33', '0'], BE: ['32', '0'], NL: ['31', '0'], LU: ['352', ''], IT: ['39', ''], ES: ['34', ''], PT: ['351', ''],
  DK: ['45', ''], SE: ['46', '0'], NO: ['47', ''], FI: ['358', '0'], PL: ['48', ''], CZ: ['420', ''], SK: ['421', '0'],
  HU: ['36', '06'], RO: ['40', '0'], BG: ['359', '0'], GR: ['30', ''], HR: ['385', '0'], SI: ['386', '0'], RS: ['381', '0'],
  EE: ['372', ''], LV: ['371', ''], LT: ['370', '0'], UA: ['380', '0'], RU: ['7', '8'], TR: ['90', '0'], IL: ['972', '0'],
  AE: ['971', '0'], SA: ['966', '0'], EG: ['20', '0'], ZA: ['27', '0'], NG: ['234', '0'], KE: ['254', '0'], IN: ['91', '0'],
  PK: ['92', '0'], CN: ['86', '0'], JP: ['81', '0'], KR: ['82', '0'], TW: ['886', '0'], HK: ['852', ''], SG: ['65', ''],
  MY: ['60', '0'], TH: ['66', '0'], ID: ['62', '0'], PH: ['63', '0'], VN: ['84', '0'], AU: ['61', '0'], NZ: ['64', '0'],
  BR: ['55', '0'], MX: ['52', ''], AR: ['54', '0'], CL: ['56', ''], CO: ['57', ''], PE: ['51', '0'],
};

/** The regions that may be a deployment's default for phone numbers. */
export const PHONE_REGION_NAMES: readonly string[] = Object.keys(PHONE_REGIONS);

/**
 * An identifier's one spelling. E-mail: trimmed, NFC, lower case. Phone: E.164 by the default region. Anything else:
 * trimmed and NFC, its case kept.
 *
 * @param region ISO 3166 code that a phone number without a country is read in, one of `PHONE_REGION_NAMES`.
 */
export function normalise(type: string, raw: string, region: string): Normalised {
  const value = raw.normalize('NFC').trim();
  if (value === '') return { ok: false, reason: 'empty' };
  if (BLOCKED.has(value.toLowerCase()) || /^(.)\1{4,}$/.test(value.replace(/[\s()+.-]/g, ''))) return { ok: false, reason: 'blocked' };
  if (type === 'email') return email(value);
  if (type === 'phone') return phone(value, region);
  return value.length > 512 ? { ok: false, reason: 'malformed' } : { ok: true, value };
}

function email(value: string): Normalised {
  const at = value.lastIndexOf('@');
  if (at < 1 || at === value.length - 1 || value.length > 320 || /[\s\p{Cc}]/u.test(value)) return { ok: false, reason: 'malformed' };
  return { ok: true, value: value.toLowerCase() };
}

function phone(value: string, region: string): Normalised {
  if (!/^(tel:)?\+?[\d\s().\-/]+$/i.test(value)) return { ok: false, reason: 'malformed' };
  const digits = value.replace(/\D/g, '');
  const [code, trunk] = PHONE_REGIONS[region] ?? ['', ''];
  let e164: string;
  if (value.includes('+')) e164 = digits;
  else if (digits.startsWith('00')) e164 = digits.slice(2);
  else if (code === '1') e164 = digits.length === 11 && digits.startsWith('1') ? digits : code + digits;
  else e164 = code + (trunk !== '' && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits);
  const inPlan = e164.startsWith('1') ? e164.length === 11 : e164.length >= 8 && e164.length <= 15;
  return inPlan && !e164.startsWith('0') ? { ok: true, value: `+${e164}` } : { ok: false, reason: 'malformed' };
}

/**
 * The key of a normalised identifier: the first 128 bits of HMAC-SHA-256, in hex, under the deployment's own secret. Keyed,
 * because whoever holds a plain hash of a phone number can try all phone numbers.
 */
export function keyOf(secret: Uint8Array, identifier: Identifier): string {
  return createHmac('sha256', secret).update(`${identifier.type}\n${identifier.value}`, 'utf8').digest('hex').slice(0, 32);
}

/** The order in which a touchpoint's keys stand: its home first. */
export function compareForHome(a: Key, b: Key): number {
  return rank(a.type) - rank(b.type) || compareText(a.type, b.type) || compareText(a.key, b.key);
}

function rank(type: string): number {
  const strong = STRONG.indexOf(type);
  if (strong >= 0) return strong;
  const weak = WEAK.indexOf(type);
  return weak >= 0 ? UNLISTED + 1 + weak : UNLISTED;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The subject whose stream is a touchpoint's home: its strongest key, or its own id when it is about nobody known. */
export function homeOf(keys: readonly Key[], touchpointId: string): string {
  let home = keys[0];
  for (const key of keys) if (home && compareForHome(key, home) < 0) home = key;
  return home ? home.key : touchpointId.replaceAll('-', '');
}
