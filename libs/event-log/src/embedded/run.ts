import { closeSync, fstatSync, openSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { NO_STREAM } from '../port.ts';
import { readFullySync } from './bytes.ts';
import { IndexDamaged, NOWHERE, type IndexPart, type RevisionSpan } from './index-part.ts';
import type { Key } from './key.ts';
import { blockCount, FACTS, FOOT_BYTES, MAGIC, tableBytes, type RunFacts } from './run-format.ts';
import { positionNow, revisionNow, RunTable } from './run-table.ts';

/** After every revision there can be. */
const PAST_REVISIONS = 0x1_0000_0000;

/** A run on disk, ready for questions. */
export class Run implements IndexPart {
  readonly path: string;
  readonly facts: RunFacts;
  readonly memory: number;
  readonly distinctStreams: number;
  readonly #fd: number;
  readonly #ids: RunTable;
  readonly #streams: RunTable;

  /** @throws IndexDamaged when the file is not a whole run. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'r');
    try {
      const { ids, streams, facts, distinctStreams, memory } = readRun(path, this.#fd);
      this.#ids = ids;
      this.#streams = streams;
      this.facts = facts;
      this.distinctStreams = distinctStreams;
      this.memory = memory;
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  get from(): number {
    return this.facts.from;
  }

  get events(): number {
    return this.#ids.entries;
  }

  positionOf(id: Key): number {
    if (!this.#ids.mayHold(id)) return NOWHERE;
    return this.#ids.seek(this.#ids.lowerBound(id, 0), id) ? positionNow() : NOWHERE;
  }

  lastRevision(stream: Key): number {
    if (!this.#streams.mayHold(stream)) return NO_STREAM;
    return this.#streams.seek(this.#streams.lowerBound(stream, PAST_REVISIONS) - 1, stream) ? revisionNow() : NO_STREAM;
  }

  positions(stream: Key, span: RevisionSpan, limit: number, into: number[]): void {
    if (!this.#streams.mayHold(stream)) return;
    const step = span.backwards ? -1 : 1;
    let entry = span.backwards
      ? this.#streams.lowerBound(stream, span.highest + 1) - 1
      : this.#streams.lowerBound(stream, span.lowest);
    for (let left = limit; left > 0 && this.#streams.seek(entry, stream); left--, entry += step) {
      if (revisionNow() < span.lowest || revisionNow() > span.highest) return;
      into.push(positionNow());
    }
  }

  /** For merging: its entries, sorted. */
  get tables(): { readonly ids: RunTable; readonly streams: RunTable } {
    return { ids: this.#ids, streams: this.#streams };
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function readRun(path: string, fd: number) {
  const size = fstatSync(fd).size;
  const foot = Buffer.alloc(FOOT_BYTES);
  if (size < FOOT_BYTES || readFullySync(fd, foot, FOOT_BYTES, size - FOOT_BYTES) < FOOT_BYTES)
    throw new IndexDamaged(path);
  const length = foot.readUInt32LE(8);
  if (foot.toString('latin1', 0, 8) !== MAGIC || length + FOOT_BYTES > size || length % 4 !== 0)
    throw new IndexDamaged(path);
  const start = size - FOOT_BYTES - length;
  const words = new Uint32Array(length / 4);
  if (readFullySync(fd, words, length, start) < length || crc32(new Uint8Array(words.buffer)) !== foot.readUInt32LE(12))
    throw new IndexDamaged(path);

  const facts = new Float64Array(words.slice(words.length - 2 * FACTS).buffer);
  const [from, to, level, seal, ids, revisions, distinctStreams, idWords, streamWords] = facts as unknown as number[];
  let at = 0;
  const take = (count: number) => words.subarray(at, (at += count));
  const idFences = take(blockCount(ids!));
  const streamFences = take(blockCount(revisions!));
  const idBloom = take(idWords!);
  const streamBloom = take(streamWords!);
  if (at !== words.length - 2 * FACTS || tableBytes(ids!) + tableBytes(revisions!) !== start)
    throw new IndexDamaged(path);
  return {
    ids: new RunTable(path, fd, 0, ids!, idFences, idBloom),
    streams: new RunTable(path, fd, tableBytes(ids!), revisions!, streamFences, streamBloom),
    facts: { from: from!, to: to!, level: level!, seal: seal! },
    distinctStreams: distinctStreams!,
    memory: length,
  };
}
