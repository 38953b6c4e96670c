/**
 * home.v1: how an identifier is normalised, how it becomes a key, and which of a touchpoint's keys is its home.
 *
 * FROZEN, with phone.v1 beside it. A change of one character in here would send a customer's next touchpoint to another
 * stream than the last one. A better rule is home.v2 beside it; `test/home.v1.vectors.json` pins this one.
 */
import { hash } from 'node:crypto';
import type { Normalised } from './normalised.ts';
import { phoneV1 } from './phone.v1.ts';
import type { Identifier, Key } from './touchpoint.ts';

/** Strongest first. A type that is not listed stands between `loyalty` and `order`; ties go by type, then by key. */
const STRONG = ['customer', 'client', 'account', 'email', 'phone', 'loyalty'];
const WEAK = ['order', 'case', 'complaint', 'ticket', 'session', 'visitor', 'anonymous', 'cookie', 'device'];
const UNLISTED = STRONG.length;
const RANK = new Map(
  [...STRONG.entries(), ...WEAK.map((type, n) => [UNLISTED + 1 + n, type] as const)].map(([n, type]) => [type, n]),
);

/** Values that people and systems write when they have none: one "customer" of them all would be a lie. Compared in lower case. */
// prettier-ignore
const BLOCKED = new Set([
  'null', 'nil', 'none', 'undefined', 'nan', 'n/a', 'na', 'n.a.', 'unknown', 'anonymous', 'anon', 'guest',
  'not provided', 'not available', 'no email', 'noemail', 'no phone', 'test', 'true', 'false', '[object object]', '-1',
]);
/** Nothing but one filler, however often: `0`, `00000`, `xxx`, `---`, `?`. Other digits may be somebody's number. */
const FILLER = /^([0x*#?._-])\1*$/i;
/** What stands before the @ when a form demanded an address and there was none; the domain tells nothing. */
// prettier-ignore
const BLOCKED_MAILBOXES = new Set([
  'null', 'none', 'undefined', 'unknown', 'anonymous', 'noemail', 'no-email', 'no_email', 'no.email', 'nomail',
  'noreply', 'no-reply', 'no_reply', 'donotreply', 'do-not-reply', 'notprovided', 'not-provided',
]);
const BLOCKED_ADDRESSES = new Set(['test@test.com', 'email@email.com', 'a@a.com', 'no@no.com']);

/** Characters without a shape: they come along when a number or address is copied from a page or a chat. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;
const LONGEST = 512;

/**
 * An identifier's one spelling, in which it is compared: invisible characters out, trimmed, NFC. An e-mail address goes to
 * lower case, a phone number to E.164; anything else keeps its case. Normalising twice changes nothing.
 *
 * @param region ISO 3166 code that a phone number without a country is read in, one of `PHONE_REGION_NAMES`.
 */
export function normalise(type: string, raw: string, region: string): Normalised {
  const value = (NOT_ASCII.test(raw) ? raw.replace(INVISIBLE, '').normalize('NFC') : raw).trim();
  if (value === '') return { ok: false, reason: 'empty' };
  if (BLOCKED.has(value.toLowerCase()) || FILLER.test(value)) return { ok: false, reason: 'blocked' };
  if (type === 'email') return email(value);
  if (type === 'phone') return phoneV1(value, region);
  return value.length > LONGEST ? { ok: false, reason: 'malformed' } : { ok: true, value };
}

function email(raw: string): Normalised {
  const value = raw
    .replace(/^mailto:/i, '')
    .toLowerCase()
    .normalize('NFC');
  const at = value.indexOf('@');
  const mailbox = value.slice(0, at);
  const domain = value.slice(at + 1);
  if (at < 1 || value.length > 320 || /[\s\p{Cc}<>(),;:"[\]\\]/u.test(value) || !/^[^@.]+(\.[^@.]+)*$/.test(domain)) {
    return { ok: false, reason: 'malformed' };
  }
  if (BLOCKED_MAILBOXES.has(mailbox) || BLOCKED_ADDRESSES.has(value) || (mailbox.length > 2 && FILLER.test(mailbox)))
    return { ok: false, reason: 'blocked' };
  return { ok: true, value };
}

/**
 * The key of a normalised identifier: the first 128 bits of HMAC-SHA-256, in hex, under the deployment's own secret. Keyed,
 * because whoever holds a plain hash of a phone number can try all phone numbers.
 */
export function keyOf(secret: Uint8Array, identifier: Identifier): string {
  const { inner, outer } = padsOf(secret);
  const length = Buffer.byteLength(identifier.type, 'utf8') + 1 + Buffer.byteLength(identifier.value, 'utf8');
  const message =
    BLOCK + length <= inner.length
      ? inner.subarray(0, BLOCK + length)
      : Buffer.concat([inner.subarray(0, BLOCK)], BLOCK + length);
  message.write(`${identifier.type}\n${identifier.value}`, BLOCK, 'utf8');
  outer.set(hash('sha256', message, 'buffer'), BLOCK);
  return hash('sha256', outer, 'hex').slice(0, 32);
}

/** RFC 2104 with both padded keys kept ready: on the path of every touchpoint, and node's `createHmac` takes half as long again. */
interface Pads {
  /** The inner pad, then room for a message. */
  readonly inner: Buffer;
  /** The outer pad, then room for the inner digest. */
  readonly outer: Buffer;
}

const BLOCK = 64;
const DIGEST = 32;
const MESSAGE_ROOM = 1024;
const knownPads = new WeakMap<Uint8Array, Pads>();

function padsOf(secret: Uint8Array): Pads {
  let pads = knownPads.get(secret);
  if (!pads) {
    const key = Buffer.alloc(BLOCK);
    key.set(secret.length > BLOCK ? hash('sha256', secret, 'buffer') : secret);
    pads = { inner: Buffer.alloc(BLOCK + MESSAGE_ROOM), outer: Buffer.alloc(BLOCK + DIGEST) };
    for (let n = 0; n < BLOCK; n++) {
      pads.inner[n] = key[n]! ^ 0x36;
      pads.outer[n] = key[n]! ^ 0x5c;
    }
    knownPads.set(secret, pads);
  }
  return pads;
}

/** The order in which a touchpoint's keys stand: its home first. */
export function compareForHome(a: Key, b: Key): number {
  return rank(a.type) - rank(b.type) || compareText(a.type, b.type) || compareText(a.key, b.key);
}

function rank(type: string): number {
  return RANK.get(type) ?? UNLISTED;
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
