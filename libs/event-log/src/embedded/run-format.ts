/**
 * A run: the index of one contiguous piece of the log on disk, made once, never changed, derived from the segments.
 * File `index/<from>-<to>.run`, all words little-endian:
 *
 * | part | what |
 * | --- | --- |
 * | ids | blocks of entries (id, 0, position), sorted |
 * | streams | blocks of entries (stream, revision, position), sorted |
 * | fences | the first word of each block's first entry, ids then streams: 0.9 bits an entry |
 * | filters | a Bloom filter of the ids, one of the streams: 12 bits a key |
 * | facts | nine doubles: from, to, level, seal, ids, streams' entries, distinct streams, words of each filter |
 * | foot | magic `TLRUN001`; length of fences + filters + facts; CRC-32 of these |
 *
 * A block is 36 entries of seven words (a key's four, revision, position low and high) and their CRC-32, checked whenever
 * it is read; its last one may be short. Fences and filters are held in memory, so a question costs one read of 1 KB, or
 * none for nearly every key that is not there.
 */
export const ENTRY_WORDS = 7;
export const BLOCK_ENTRIES = 36;
export const BLOCK_BYTES = BLOCK_ENTRIES * ENTRY_WORDS * 4 + 4;
export const FACTS = 9;
export const FOOT_BYTES = 16;
export const MAGIC = 'TLRUN001';

export interface RunFacts {
  /** The piece of the log: `from` inclusive, `to` exclusive, both bases of segments. */
  readonly from: number;
  readonly to: number;
  /** 0 for a run of one segment; one more for a merge. */
  readonly level: number;
  /** The checksum of the piece's last record: a run of another log is not taken for this one's. */
  readonly seal: number;
}

/** Bytes of a table of so many entries. */
export function tableBytes(entries: number): number {
  const whole = Math.floor(entries / BLOCK_ENTRIES);
  const left = entries - whole * BLOCK_ENTRIES;
  return whole * BLOCK_BYTES + (left === 0 ? 0 : left * ENTRY_WORDS * 4 + 4);
}

export function blockCount(entries: number): number {
  return Math.ceil(entries / BLOCK_ENTRIES);
}

const hex = (offset: number) => offset.toString(16).padStart(16, '0');

export function runName(from: number, to: number): string {
  return `${hex(from)}-${hex(to)}.run`;
}

/** The piece of the log that a file's name says it covers; undefined for any other file. */
export function rangeOfName(name: string): { readonly from: number; readonly to: number } | undefined {
  const [, from, to] = /^([0-9a-f]{16})-([0-9a-f]{16})\.run$/.exec(name) ?? [];
  return from && to ? { from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) } : undefined;
}
