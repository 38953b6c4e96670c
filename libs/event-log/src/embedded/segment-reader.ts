/** The read port over segment files, the same for the writer's own thread, a worker, and another process. */
import { START, ThroughlineError } from '@throughline/contracts';
import { type Batch, type EventHome, type LogReader, type ReadAll, type RecordedEvent } from '../port.ts';
import { Breath } from './breath.ts';
import { lastRevision, streamPositions } from './index-lookup.ts';
import { IndexDamaged, NOWHERE, type IndexPart } from './index-part.ts';
import { idKey, newKey, streamKey, uuidWords, type Key } from './key.ts';
import type { MarkWatch } from './mark.ts';
import { nameOf, type Naming } from './naming.ts';
import { Prefixes } from './prefixes.ts';
import { HEADER_BYTES, revisionAt, streamAt, streamBytesAt } from './record.ts';
import { Scan } from './scan.ts';
import type { SegmentFiles } from './segment-files.ts';
import { StoredEvent } from './stored-event.ts';

const BATCH = 1000;
/** Events of one stream are looked up and read so many at a time. */
const STREAM_PAGE = 64;
const HIGHEST_REVISION = 0xffff_ffff;

/** What reading needs to know; whoever owns it keeps it up to date. */
export interface LogView {
  readonly files: SegmentFiles;
  readonly watch: MarkWatch;
  readonly naming: Naming;
  /** Where the event of this id stands first, `NOWHERE` for an unknown id. */
  placeOfId(parts: readonly IndexPart[], id: Key): number;
  /** Resolves once `parts` cover all up to the durable end of now. */
  indexed(): Promise<void>;
  /** The index. Its parts may be replaced, and then closed, whenever the caller's synchronous code ends: never keep them. */
  parts(): readonly IndexPart[];
  /** Makes good for a damaged run. */
  repair(path: string): Promise<void>;
}

export function segmentReader(view: LogView): LogReader {
  /** Asks the index; when that turns out damaged, again once it is whole. */
  async function withParts<T>(ask: (parts: readonly IndexPart[]) => T): Promise<T> {
    for (;;) {
      await view.indexed();
      try {
        return ask(view.parts());
      } catch (error) {
        if (!(error instanceof IndexDamaged)) throw error;
        await view.repair(error.path);
      }
    }
  }

  /** Asks the index about many things in slices that hold up nobody. */
  async function askAll<Q, A>(
    questions: readonly Q[],
    ask: (parts: readonly IndexPart[], question: Q) => A,
  ): Promise<A[]> {
    const answers: A[] = [];
    const breath = new Breath();
    while (answers.length < questions.length) {
      await withParts((parts) => {
        while (answers.length < questions.length) {
          answers.push(ask(parts, questions[answers.length]!));
          if ((answers.length & 31) === 0 && breath.due) return;
        }
      });
      if (answers.length < questions.length) await breath.take();
    }
    return answers;
  }

  return {
    async *read({ after, upTo, prefixes, batch }: ReadAll) {
      const { end } = view.watch.mark();
      const from = view.naming.placeAfter(after, end);
      const bound = upTo === undefined ? end : Math.min(end, view.naming.boundOf(upTo, end));
      if (from >= bound) return;
      const scan = new Scan(view.files, from);
      try {
        yield* batches(scan, end, bound, prefixes, batch);
      } finally {
        await scan.close();
      }
    },

    async *follow({ after, prefixes, batch }, signal) {
      let { end } = view.watch.mark();
      let from = view.naming.placeAfter(after, end);
      while (from >= end && !view.watch.closed && !signal.aborted) {
        await view.watch.moved(end, signal);
        ({ end } = view.watch.mark());
        from = view.naming.placeAfter(after, end);
      }
      if (view.watch.closed || signal.aborted) return;
      const scan = new Scan(view.files, from);
      try {
        while (!view.watch.closed && !signal.aborted) {
          ({ end } = view.watch.mark());
          for await (const next of batches(scan, end, end, prefixes, batch)) {
            yield next;
            if (view.watch.closed || signal.aborted) return;
          }
          await view.watch.moved(scan.offset, signal);
        }
      } finally {
        await scan.close();
      }
    },

    async *readStream(stream, { from, backwards = false, limit = Number.POSITIVE_INFINITY } = {}) {
      const key = newKey();
      let next = from ?? (backwards ? HIGHEST_REVISION : 0);
      const { end } = view.watch.mark();
      for (let left = limit; left > 0 && next >= 0;) {
        const span = backwards
          ? { lowest: 0, highest: next, backwards }
          : { lowest: next, highest: HIGHEST_REVISION, backwards };
        const page = Math.min(left, STREAM_PAGE);
        const found = await withParts((parts) => {
          if (backwards) span.highest = Math.min(span.highest, lastRevision(parts, streamKey(stream, key), end));
          return streamPositions(parts, streamKey(stream, key), span, page);
        });
        for (const position of found) {
          if (position >= end) return;
          const event = new StoredEvent(view.files.record(position), 0);
          next = event.revision + (backwards ? -1 : 1);
          yield event;
        }
        if (found.length < page) return;
        left -= found.length;
        await new Breath().take();
      }
    },

    async revisions(streams) {
      const { end } = view.watch.mark();
      const key = newKey();
      return askAll(streams, (parts, stream) => lastRevision(parts, streamKey(stream, key), end));
    },

    async find(ids) {
      const { end } = view.watch.mark();
      const key = newKey();
      return askAll(ids, (parts, id): EventHome | undefined => {
        if (!uuidWords(id, key)) return undefined;
        const place = view.placeOfId(parts, idKey(key, key));
        if (place === NOWHERE || place >= end) return undefined;
        const record = view.files.peek(place);
        return { stream: streamAt(record, 0), revision: revisionAt(record, 0), position: nameOf(record, 0) };
      });
    },

    async at(positions) {
      const events: RecordedEvent[] = [];
      const breath = new Breath();
      const { end } = view.watch.mark();
      for (const position of positions) {
        const place = view.naming.placeOf(position, end);
        if (place === NOWHERE)
          throw new ThroughlineError('invalid-request', `No event stands at ${JSON.stringify(position)}.`);
        events.push(new StoredEvent(view.files.record(place), 0));
        if ((events.length & 31) === 0 && breath.due) await breath.take();
      }
      return events;
    },

    async head() {
      const { last } = view.watch.mark();
      return last === NOWHERE ? START : view.naming.nameAt(last);
    },
  };
}

/**
 * What the scan finds of the log, whose durable end is `end`, before `bound`. One batch never holds more than one chunk of
 * the log in memory, however few of its events are selected.
 */
async function* batches(
  scan: Scan,
  end: number,
  bound: number,
  prefixes: readonly string[] | undefined,
  size = BATCH,
): AsyncGenerator<Batch> {
  const wanted = prefixes && new Prefixes(prefixes);
  for (let chunk = await scan.next(end); chunk; chunk = await scan.next(end)) {
    const { buffer, base, starts } = chunk;
    let events: StoredEvent[] = [];
    let last = NOWHERE;
    for (const start of starts) {
      if (base + start >= bound) break;
      last = start;
      if (wanted === undefined || wanted.begin(buffer, start + HEADER_BYTES, streamBytesAt(buffer, start)))
        events.push(new StoredEvent(buffer, start));
      if (events.length === size) {
        yield { events, through: nameOf(buffer, start) };
        events = [];
        last = NOWHERE;
      }
    }
    if (last !== NOWHERE) yield { events, through: nameOf(buffer, last) };
    if (scan.offset >= bound) return;
  }
}
