/**
 * The 128-bit keys of the indexes, as four 32-bit words. The first word is well mixed, whatever made the key, so that runs
 * sorted by it are evenly spread and filters can use it as it stands.
 */
export type Key = Uint32Array;

export function newKey(): Key {
  return new Uint32Array(4);
}

/** The finaliser of MurmurHash3: a bijection of 32-bit words that spreads every bit. */
export function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** The value of each hex digit's character code; 255 for any other character. */
const HEX = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The four big-endian words of a UUID; false when the text is none. */
export function uuidWords(uuid: string, words: Uint32Array): boolean {
  if (uuid.length !== 36) return false;
  let digits = 0;
  let word = 0;
  for (let i = 0; i < 36; i++) {
    const code = uuid.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 45) return false;
      continue;
    }
    const value = code < 128 ? HEX[code]! : 255;
    if (value === 255) return false;
    word = (word << 4) | value;
    if ((++digits & 7) === 0) words[(digits >>> 3) - 1] = word;
  }
  return true;
}

const someWords = newKey();

export function isUuid(text: string): boolean {
  return uuidWords(text, someWords);
}

/** A UUID's key from its words. A bijection, so two ids never share a key, however regular the ids are. */
export function idKey(words: Uint32Array, key: Key): Key {
  const rest = mix(words[1]! ^ mix(words[2]! ^ mix(words[3]!)));
  key[1] = words[1]!;
  key[2] = words[2]!;
  key[3] = words[3]!;
  key[0] = mix(words[0]! ^ rest);
  return key;
}

let scratch = Buffer.alloc(256);

/** A stream's key: MurmurHash3 (x86, 128 bits) of its name. Names are made of keyed hashes and constants, so nobody can aim at a collision. */
export function streamKey(stream: string, key: Key): Key {
  if (stream.length * 3 > scratch.length) scratch = Buffer.alloc(stream.length * 3);
  return streamKeyOfBytes(scratch, 0, scratch.write(stream, 0, 'utf8'), key);
}

/** The same of a name in UTF-8. */
export function streamKeyOfBytes(bytes: Uint8Array, from: number, length: number, key: Key): Key {
  const c1 = 0x239b961b;
  const c2 = 0xab0e9789 | 0;
  const c3 = 0x38b34ae5;
  const c4 = 0xa1e38b93 | 0;
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const end = from + length;
  let at = from;
  for (; at + 16 <= end; at += 16) {
    h1 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at, 4), c1), 15), c2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 4, 4), c2), 16), c3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 8, 4), c3), 17), c4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 12, 4), c4), 18), c1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const left = end - at;
  if (left > 12) h4 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 12, left - 12), c4), 18), c1);
  if (left > 8) h3 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 8, Math.min(4, left - 8)), c3), 17), c4);
  if (left > 4) h2 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at + 4, Math.min(4, left - 4)), c2), 16), c3);
  if (left > 0) h1 ^= Math.imul(rotate(Math.imul(wordAt(bytes, at, Math.min(4, left)), c1), 15), c2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mix(h1);
  h2 = mix(h2);
  h3 = mix(h3);
  h4 = mix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  key[0] = h1;
  key[1] = h2 + h1;
  key[2] = h3 + h1;
  key[3] = h4 + h1;
  return key;
}

/** Up to four bytes, little-endian. */
function wordAt(bytes: Uint8Array, at: number, length: number): number {
  let word = bytes[at]!;
  if (length > 1) word |= bytes[at + 1]! << 8;
  if (length > 2) word |= bytes[at + 2]! << 16;
  if (length > 3) word |= bytes[at + 3]! << 24;
  return word;
}
