/** The mark for readers in other processes: the file `durable`, rewritten in place after every sync, before anyone is told. */
import { closeSync, openSync, watch, writeSync, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { readFullySync } from './bytes.ts';
import { EMPTY_LOG, Waiting, type Mark, type MarkWatch } from './mark.ts';
import { placeFromText, placeToText } from './place.ts';
import type { Position } from '@throughline/contracts';

const LOOK_EVERY_MS = 25;
const CONTENT = /^([0-9a-f]{16}) ([0-9a-f]{16})\n$/;
const BYTES = 34;

function markPath(dir: string): string {
  return join(dir, 'durable');
}

/** Writes the mark; it says how far others may read and is never needed to recover the log, so it is not synced itself. */
export class MarkFile {
  readonly #fd: number;

  constructor(dir: string) {
    this.#fd = openSync(markPath(dir), 'a+');
    closeSync(this.#fd);
    this.#fd = openSync(markPath(dir), 'r+');
  }

  write({ end, last }: Mark): void {
    if (end > 0) writeSync(this.#fd, `${placeToText(end)} ${placeToText(last)}\n`, 0, 'latin1');
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** The mark as its file has it; that of an empty log when there is none or it cannot be understood. */
export function readMark(dir: string): Mark {
  let fd: number;
  try {
    fd = openSync(markPath(dir), 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_LOG;
    throw error;
  }
  try {
    const text = Buffer.alloc(BYTES);
    readFullySync(fd, text, BYTES, 0);
    const [, end, last] = CONTENT.exec(text.toString('latin1')) ?? [];
    return end && last ? { end: placeFromText(end as Position), last: placeFromText(last as Position) } : EMPTY_LOG;
  } finally {
    closeSync(fd);
  }
}

/** Watches the mark's file from another process; its mark never goes back. */
export class FileWatch implements MarkWatch {
  readonly #dir: string;
  readonly #waiting = new Waiting(LOOK_EVERY_MS, () => this.#look());
  #mark: Mark = EMPTY_LOG;
  #watcher: FSWatcher | undefined;
  closed = false;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Whoever looks first wakes all who wait: nobody else would find that it has moved. */
  mark(): Mark {
    const mark = readMark(this.#dir);
    if (mark.end > this.#mark.end) {
      this.#mark = mark;
      this.#waiting.wake();
    }
    return this.#mark;
  }

  moved(end: number, signal: AbortSignal): Promise<void> {
    if (this.closed || signal.aborted || this.mark().end > end) return Promise.resolve();
    this.#watcher ??= this.#watch();
    return this.#waiting.wait(signal);
  }

  close(): void {
    this.closed = true;
    this.#watcher?.close();
    this.#waiting.wake();
  }

  /** The system tells at once where it can; the timer looks where it cannot, and while there is no file yet. */
  #watch(): FSWatcher | undefined {
    try {
      return watch(markPath(this.#dir), { persistent: false }, () => this.#look()).on('error', () => undefined);
    } catch {
      return undefined;
    }
  }

  #look(): void {
    if (!this.#waiting.isEmpty) this.mark();
  }
}
