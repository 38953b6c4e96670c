/** How values and names stand in Redis. */
import { Packr } from 'msgpackr';

/** Scripts write whole numbers as such, of any size. */
const packr = new Packr({ useRecords: false, int64AsType: 'number' });

export function pack(value: unknown): Buffer {
  return packr.pack(value);
}

export function unpack<T>(bytes: Buffer): T {
  return packr.unpack(bytes) as T;
}

const KEY = /^[0-9a-f]{32}$/;
const DIGITS = 32;
const HASHED = 1;
const PLAIN = 0;

/** A subject's or customer's name: its 16 bytes where it is a key, as it is otherwise (the home of a touchpoint about nobody known). */
export function idBytes(id: string): Buffer {
  if (!KEY.test(id)) return Buffer.from(`\0${id}`);
  const bytes = Buffer.allocUnsafe(17);
  bytes[0] = HASHED;
  bytes.write(id, 1, 'hex');
  return bytes;
}

/** The least name of an id that is not below the text, of each of the two forms that ids have. @param text Hex digits. */
export function leastNames(text: string): readonly Buffer[] {
  return [idBytes(text.padEnd(DIGITS, '0')), Buffer.from(`\0${text}`)];
}

export function idOf(bytes: Buffer): string {
  return bytes[0] === PLAIN ? bytes.toString('utf8', 1) : bytes.toString('hex', 1);
}
