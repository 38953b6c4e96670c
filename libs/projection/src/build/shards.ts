import { TOUCHPOINT_PREFIX } from '@throughline/contracts';
import type { IdRange } from '@throughline/read-model';

/** A build writes subjects by these: a subject's shard is what its first two hex digits say. */
export const SHARDS = 256;
const DIGITS = 16;

/** The shard of a subject; the first one for what cannot be a subject. */
export function shardOf(subject: string): number {
  return digitAt(subject, 0) * DIGITS + digitAt(subject, 1);
}

/** Its two digits. */
export function shardName(shard: number): string {
  return shard.toString(DIGITS).padStart(2, '0');
}

/** The streams of these shards, by as few beginnings of names as will do. */
export function prefixesOf(shards: readonly number[]): readonly string[] {
  const wanted = new Set(shards);
  if (wanted.size === SHARDS) return [TOUCHPOINT_PREFIX];
  const prefixes: string[] = [];
  for (let digit = 0; digit < DIGITS; digit++) {
    const ofDigit = Array.from({ length: DIGITS }, (_, i) => digit * DIGITS + i).filter((shard) => wanted.has(shard));
    if (ofDigit.length === DIGITS) prefixes.push(TOUCHPOINT_PREFIX + digit.toString(DIGITS));
    else prefixes.push(...ofDigit.map((shard) => TOUCHPOINT_PREFIX + shardName(shard)));
  }
  return prefixes;
}

/** The ids that begin with one of 16 digits. */
export function idsOfDigit(digit: number): IdRange {
  const below = digit + 1 < DIGITS && (digit + 1).toString(DIGITS);
  return { ...(digit > 0 && { from: digit.toString(DIGITS) }), ...(below && { below }) };
}

function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 48 && code < 58) return code - 48;
  return code >= 97 && code < 103 ? code - 87 : 0;
}
