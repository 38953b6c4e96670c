import { setTimeout } from 'node:timers/promises';
import { START, ThroughlineError, type Position } from '@throughline/contracts';
import type { EmbeddedLogReader } from '../embedded/open-reader.ts';
import type { LogReader, ReadAll } from '../port.ts';
import { CurrentCopy } from './current-copy.ts';

/** A question waits so long for a mirror that is behind. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 4;

export interface MirrorReaderOptions {
  /** The folder that a `runMirror` keeps, or will. */
  readonly dir: string;
}

/** A reader of a host's mirror. Its positions are the server's. */
export interface MirrorReader extends LogReader {
  /**
   * Resolves once the mirror holds all up to a position.
   *
   * @throws ThroughlineError `mirror-behind` when it does not in time.
   */
  reached(position: Position): Promise<void>;
  /** Ends every `follow`. */
  close(): Promise<void>;
}

/**
 * Opens a host's mirror for reading, from any process or thread on it. `head` is how far the mirror has got; `find` names the
 * first home of an id that, by a race of two writers, has two. When the mirror is begun anew, followers go on where they were,
 * and no question is answered from less than was seen before.
 */
export function openMirrorReader({ dir }: MirrorReaderOptions): MirrorReader {
  const copy = new CurrentCopy(dir);
  let seen: Position = START;
  /** The copy that has all that was seen. */
  let seenIn = copy.number;
  const see = (position: Position) => {
    if (position > seen) seen = position;
  };

  async function reached(position: Position): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while ((await copy.ask((reader) => reader.head())) < position) {
      if (Date.now() > until) throw new ThroughlineError('mirror-behind');
      await setTimeout(LOOK_EVERY_MS);
    }
    see(position);
  }

  async function ask<T>(question: (reader: EmbeddedLogReader) => Promise<T>): Promise<T> {
    for (;;) {
      const number = copy.number;
      if (number !== seenIn) {
        await reached(seen);
        seenIn = number;
      }
      const answer = await copy.ask(question);
      if (copy.number === number) return answer;
    }
  }

  return {
    async *read({ after, upTo, ...from }: ReadAll) {
      const head = await ask((reader) => reader.head());
      const bound = upTo !== undefined && upTo < head ? upTo : head;
      see(bound);
      let through = after;
      while (through < bound) {
        const { number } = copy;
        try {
          for await (const batch of copy.reader.read({ ...from, after: through, upTo: bound })) {
            through = batch.through;
            yield batch;
          }
          if (copy.number === number) return;
        } catch (error) {
          if (!(await copy.isReplaced(number, error))) throw error;
        }
        await reached(bound);
      }
    },

    async *follow({ after, ...from }, signal) {
      let through = after;
      while (!copy.closed && !signal.aborted) {
        const { number } = copy;
        try {
          for await (const batch of copy.reader.follow({ ...from, after: through }, signal)) {
            through = batch.through;
            see(through);
            yield batch;
          }
        } catch (error) {
          if (!(await copy.isReplaced(number, error))) throw error;
        }
      }
    },

    async *readStream(stream, { from, backwards = false, limit = Number.POSITIVE_INFINITY } = {}) {
      let next = from;
      let left = limit;
      while (left > 0 && (next === undefined || next >= 0)) {
        const number = await ask(async () => copy.number);
        try {
          const options = { ...(next !== undefined && { from: next }), backwards, limit: left };
          for await (const event of copy.reader.readStream(stream, options)) {
            next = event.revision + (backwards ? -1 : 1);
            left--;
            yield event;
          }
          if (copy.number === number) return;
        } catch (error) {
          if (!(await copy.isReplaced(number, error))) throw error;
        }
      }
    },

    revisions: (streams) => ask((reader) => reader.revisions(streams)),
    find: (ids) => ask((reader) => reader.find(ids)),
    at: (positions) => ask((reader) => reader.at(positions)),

    async head() {
      const head = await ask((reader) => reader.head());
      see(head);
      return head;
    },

    reached,
    close: () => copy.close(),
  };
}
