/**
 * Keys of the sorted index: field (4 bytes), kind of value (1), the value in an order-keeping form, customer (16). Booleans
 * come before numbers before strings; strings go by code point, and by their first 256 bytes only.
 */
import type { IndexValue } from '@throughline/contracts';

const BOOLEAN = 1;
const NUMBER = 2;
const STRING = 3;
const MAX_STRING = 256;
// oxlint-disable-next-line no-control-regex
const ESCAPED = /[\0\x01]/;
const CUSTOMER = 16;
/** Above every customer. */
const LAST = Buffer.alloc(CUSTOMER + 1, 0xff);

/** Whether the key lacks part of the value, which must then stand beside it. */
export function isCut(value: IndexValue): value is string {
  return typeof value === 'string' && value.length > MAX_STRING / 3 && Buffer.byteLength(value) > MAX_STRING;
}

export function indexKey(field: number, value: IndexValue, customer: string): Buffer {
  const start = valueKey(field, value, CUSTOMER);
  start.write(customer, start.length - CUSTOMER, 'hex');
  return start;
}

/** Value and customer of a key; `whole` is the value that stands beside a cut one. */
export function readIndexKey(key: Buffer, whole: Buffer): { value: IndexValue; customer: string } {
  const end = key.length - CUSTOMER;
  const customer = key.toString('hex', end);
  if (key[4] === BOOLEAN) return { value: key[5] === 1, customer };
  if (key[4] === NUMBER) return { value: readNumber(key, 5), customer };
  return { value: whole.length > 0 ? whole.toString('utf8') : unescaped(key.subarray(5, end - 1)), customer };
}

/** Below every entry of a field, from a value on when one is given: entries of the value's own kind only. */
export function lowest(field: number, from: IndexValue | undefined, to: IndexValue | undefined): Buffer {
  if (from !== undefined) return valueKey(field, from);
  return to === undefined ? prefix(field, 0) : prefix(field, kindOf(to));
}

/** Above every entry of a field, up to a value when one is given. */
export function highest(field: number, from: IndexValue | undefined, to: IndexValue | undefined): Buffer {
  if (to !== undefined) {
    const key = valueKey(field, to, LAST.length);
    LAST.copy(key, key.length - LAST.length);
    return key;
  }
  return from === undefined ? prefix(field, 0xff) : prefix(field, kindOf(from) + 1);
}

function kindOf(value: IndexValue): number {
  return typeof value === 'boolean' ? BOOLEAN : typeof value === 'number' ? NUMBER : STRING;
}

function prefix(field: number, kind: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key.writeUInt32BE(field, 0);
  key[4] = kind;
  return key;
}

/** @param more Bytes left free behind it. */
function valueKey(field: number, value: IndexValue, more = 0): Buffer {
  if (typeof value === 'string') return stringKey(field, value, more);
  const key = Buffer.allocUnsafe((typeof value === 'boolean' ? 6 : 13) + more);
  key.writeUInt32BE(field, 0);
  if (typeof value === 'boolean') {
    key[4] = BOOLEAN;
    key[5] = value ? 1 : 0;
  } else {
    key[4] = NUMBER;
    writeNumber(key, value, 5);
  }
  return key;
}

/** IEEE 754 doubles in numeric order as bytes: negative ones inverted, the others with the sign bit set. −0 is 0. */
function writeNumber(key: Buffer, value: number, at: number): void {
  key.writeDoubleBE(value === 0 ? 0 : value, at);
  if (key[at]! & 0x80) for (let i = at; i < at + 8; i++) key[i] = key[i]! ^ 0xff;
  else key[at] = key[at]! | 0x80;
}

function readNumber(key: Buffer, at: number): number {
  const bytes = Buffer.from(key.subarray(at, at + 8));
  if (bytes[0]! & 0x80) bytes[0] = bytes[0]! & 0x7f;
  else for (let i = 0; i < 8; i++) bytes[i] = bytes[i]! ^ 0xff;
  return bytes.readDoubleBE(0);
}

function stringKey(field: number, value: string, more: number): Buffer {
  const bytes = escaped(value);
  const key = Buffer.allocUnsafe(5 + bytes.length + 1 + more);
  key.writeUInt32BE(field, 0);
  key[4] = STRING;
  bytes.copy(key, 5);
  key[5 + bytes.length] = 0;
  return key;
}

/** Followed by a zero byte that no string holds, so that a prefix sorts before what goes on: 0 becomes 1 1, and 1 becomes 1 2. */
function escaped(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8').subarray(0, MAX_STRING);
  if (!ESCAPED.test(value)) return bytes;
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte <= 1) out.push(1, byte + 1);
    else out.push(byte);
  }
  return Buffer.from(out);
}

function unescaped(bytes: Buffer): string {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) out.push(bytes[i] === 1 ? bytes[++i]! - 1 : bytes[i]!);
  return Buffer.from(out).toString('utf8');
}
