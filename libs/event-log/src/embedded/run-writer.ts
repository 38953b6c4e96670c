/** Making runs: from a segment, or from runs that lie side by side. Synchronous work for a thread of its own. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { addToBloom, newBloom } from './bloom.ts';
import { idKey, newKey, streamKeyOfBytes } from './key.ts';
import { areSound, HEADER_BYTES, idWordsAt, recordLength, revisionAt, startsOf, streamBytesAt } from './record.ts';
import { BLOCK_ENTRIES, ENTRY_WORDS, FACTS, FOOT_BYTES, MAGIC, type RunFacts } from './run-format.ts';
import { Run } from './run.ts';
import type { TableCursor } from './run-table.ts';

const TWO_32 = 0x1_0000_0000;
const OUT_BYTES = 1024 * 1024;

/** A job for the index thread. */
export type RunJob =
  | {
      readonly kind: 'build';
      readonly segment: string;
      readonly from: number;
      readonly to: number;
      readonly target: string;
    }
  | { readonly kind: 'merge'; readonly runs: readonly string[]; readonly target: string };

/**
 * Makes the run and gives it its name only when it is whole and synced.
 *
 * @throws an error with the code `log-corrupt` when a segment is damaged; IndexDamaged when a run is; the system's error when the disk is full.
 */
export function makeRun(job: RunJob): void {
  const draft = `${job.target}.draft`;
  const out = new RunFile(draft);
  try {
    if (job.kind === 'build') buildRun(out, job.segment, job.from, job.to);
    else mergeRuns(out, job.runs);
  } finally {
    out.close();
  }
  renameSync(draft, job.target);
}

function buildRun(out: RunFile, segment: string, from: number, to: number): void {
  const buffer = readFileSync(segment);
  const starts = startsOf(buffer, buffer.length, from);
  const last = starts[starts.length - 1] ?? 0;
  const end = last + (starts.length === 0 ? 0 : recordLength(buffer, last, from + last));
  if (end !== to - from || buffer.length !== end) throw damagedSegment(segment, from + end);
  if (!areSound(buffer, 0, end)) throw damagedSegment(segment, from);

  const ids = new Uint32Array(starts.length * ENTRY_WORDS);
  const streams = new Uint32Array(starts.length * ENTRY_WORDS);
  const key = newKey();
  starts.forEach((start, i) => {
    const at = i * ENTRY_WORDS;
    ids.set(idKey(idWordsAt(buffer, start, key), key), at);
    streams.set(streamKeyOfBytes(buffer, start + HEADER_BYTES, streamBytesAt(buffer, start), key), at);
    streams[at + 4] = revisionAt(buffer, start);
    ids[at + 5] = streams[at + 5] = from + start;
    ids[at + 6] = streams[at + 6] = Math.floor((from + start) / TWO_32);
  });

  const idTable = new TableDraft(out, starts.length);
  for (const entry of sorted(ids)) idTable.add(ids, entry);
  idTable.finish();
  const order = sorted(streams);
  let distinct = 0;
  order.forEach((entry, i) => {
    if (i === 0 || compareEntries(streams, order[i - 1]!, streams, entry, 4) !== 0) distinct++;
  });
  const streamTable = new TableDraft(out, distinct);
  for (const entry of order) streamTable.add(streams, entry);
  streamTable.finish();
  out.finish({ from, to, level: 0, seal: buffer.readUInt32LE(end - 4) }, idTable, streamTable);
}

/** As `damaged` of the log itself, but without the catalogue of errors, which the index thread has no use for. */
function damagedSegment(path: string, offset: number): Error {
  return Object.assign(new Error('damaged'), {
    code: 'log-corrupt',
    detail: `${path}, at position ${offset.toString(16).padStart(16, '0')}.`,
  });
}

function mergeRuns(out: RunFile, paths: readonly string[]): void {
  const runs: Run[] = [];
  try {
    for (const path of paths) runs.push(new Run(path));
    const sum = (count: (run: Run) => number) => runs.reduce((total, run) => total + count(run), 0);
    const ids = new TableDraft(
      out,
      sum((run) => run.events),
    );
    mergeInto(
      ids,
      runs.map((run) => run.tables.ids.cursor()),
    );
    const streams = new TableDraft(
      out,
      sum((run) => run.distinctStreams),
    );
    mergeInto(
      streams,
      runs.map((run) => run.tables.streams.cursor()),
    );
    const last = runs[runs.length - 1]!.facts;
    const level = 1 + Math.max(...runs.map((run) => run.facts.level));
    out.finish({ from: runs[0]!.facts.from, to: last.to, level, seal: last.seal }, ids, streams);
  } finally {
    for (const run of runs) run.close();
  }
}

function mergeInto(table: TableDraft, cursors: readonly TableCursor[]): void {
  let left = cursors.filter((cursor) => !cursor.done);
  while (left.length > 0) {
    let least = left[0]!;
    for (let i = 1; i < left.length; i++) {
      const other = left[i]!;
      if (compareEntries(other.words, other.at, least.words, least.at, 5) < 0) least = other;
    }
    table.add(least.words, least.at);
    least.step();
    if (least.done) left = left.filter((cursor) => cursor !== least);
  }
  table.finish();
}

function compareEntries(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number, words: number): number {
  for (let i = 0; i < words; i++) {
    if (a[aAt + i] !== b[bAt + i]) return a[aAt + i]! - b[bAt + i]!;
  }
  return 0;
}

/**
 * Where each entry begins, in the order of the entries: two counting passes over the first word's halves, which are evenly
 * spread, then insertion where first words are equal. The passes are stable and a stream's revisions arrive in order, so
 * that has next to nothing to do.
 */
function sorted(entries: Uint32Array): Uint32Array {
  const count = entries.length / ENTRY_WORDS;
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i * ENTRY_WORDS;
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(0x10001);
    for (let i = 0; i < count; i++) starts[((entries[i * ENTRY_WORDS]! >>> shift) & 0xffff) + 1]!++;
    for (let i = 0; i < 0x10000; i++) starts[i + 1]! += starts[i]!;
    const next = new Uint32Array(count);
    for (const entry of order) next[starts[(entries[entry]! >>> shift) & 0xffff]!++] = entry;
    order = next;
  }
  for (let i = 1; i < count; i++) {
    const entry = order[i]!;
    let at = i;
    for (; at > 0 && compareEntries(entries, entry, entries, order[at - 1]!, 5) < 0; at--) order[at] = order[at - 1]!;
    order[at] = entry;
  }
  return order;
}

/** A run's file while it is written, front to back. */
class RunFile {
  readonly #fd: number;
  readonly #room = Buffer.allocUnsafeSlow(OUT_BYTES);
  #used = 0;

  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }

  write(words: Uint32Array): void {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    for (let done = 0; done < bytes.length;) {
      if (this.#used === OUT_BYTES) this.#flush();
      const piece = bytes.subarray(done, done + OUT_BYTES - this.#used);
      this.#room.set(piece, this.#used);
      this.#used += piece.length;
      done += piece.length;
    }
  }

  finish(facts: RunFacts, ids: TableDraft, streams: TableDraft): void {
    const doubles = new Float64Array(FACTS);
    doubles.set([facts.from, facts.to, facts.level, facts.seal, ids.entries, streams.entries, streams.distinct]);
    doubles.set([ids.bloom.length, streams.bloom.length], 7);
    const parts = [ids.fences, streams.fences, ids.bloom, streams.bloom, new Uint32Array(doubles.buffer)];
    let checksum = 0;
    let length = 0;
    for (const part of parts) {
      this.write(part);
      checksum = crc32(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), checksum);
      length += part.byteLength;
    }
    const foot = Buffer.alloc(FOOT_BYTES);
    foot.write(MAGIC, 'latin1');
    foot.writeUInt32LE(length, 8);
    foot.writeUInt32LE(checksum, 12);
    this.write(new Uint32Array(new Uint8Array(foot).buffer));
    this.#flush();
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #flush(): void {
    for (let done = 0; done < this.#used;) done += writeSync(this.#fd, this.#room, done, this.#used - done);
    this.#used = 0;
  }
}

/** A table while it is written: entries come in their order. */
class TableDraft {
  readonly bloom: Uint32Array;
  entries = 0;
  distinct = 0;
  readonly #out: RunFile;
  readonly #fences: number[] = [];
  readonly #block = new Uint32Array(BLOCK_ENTRIES * ENTRY_WORDS + 1);
  #used = 0;
  readonly #key = newKey();

  constructor(out: RunFile, distinctKeys: number) {
    this.#out = out;
    this.bloom = newBloom(distinctKeys);
  }

  get fences(): Uint32Array {
    return Uint32Array.from(this.#fences);
  }

  add(words: Uint32Array, at: number): void {
    if (this.#used === 0) this.#fences.push(words[at]!);
    for (let i = 0; i < ENTRY_WORDS; i++) this.#block[this.#used + i] = words[at + i]!;
    this.#used += ENTRY_WORDS;
    if (this.entries === 0 || compareEntries(this.#key, 0, words, at, 4) !== 0) {
      this.#key.set(words.subarray(at, at + 4));
      this.distinct++;
      addToBloom(this.bloom, this.#key);
    }
    this.entries++;
    if (this.#used === BLOCK_ENTRIES * ENTRY_WORDS) this.#writeBlock();
  }

  finish(): void {
    if (this.#used > 0) this.#writeBlock();
  }

  #writeBlock(): void {
    this.#block[this.#used] = crc32(new Uint8Array(this.#block.buffer, 0, this.#used * 4));
    this.#out.write(this.#block.subarray(0, this.#used + 1));
    this.#used = 0;
  }
}
