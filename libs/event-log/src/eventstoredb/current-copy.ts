/** The copy that is in use in a mirror's folder, and questions that outlive it. */
import { setTimeout } from 'node:timers/promises';
import { problemCode, ThroughlineError } from '@throughline/contracts';
import { openCopyReader, type EmbeddedLogReader } from '../embedded/open-reader.ts';
import { copyFolder, copyInUse } from './mirror-folder.ts';

const LOOK_EVERY_MS = 200;
/** A copy that is damaged is replaced by then, if somebody keeps the mirror. */
const REPLACED_WITHIN_MS = 5000;

export class CurrentCopy {
  readonly #dir: string;
  readonly #timer: NodeJS.Timeout;
  #number = 0;
  #reader: EmbeddedLogReader;
  closed = false;

  constructor(dir: string) {
    this.#dir = dir;
    this.#reader = this.#open();
    // Whoever waits at the end of a copy that is no longer written has to be told that there is another.
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Tells copies apart. */
  get number(): number {
    return this.#number;
  }

  get reader(): EmbeddedLogReader {
    return this.#reader;
  }

  /** Goes over to the next copy if there is one; whoever follows the old one comes to its end. */
  look(): void {
    const inUse = copyInUse(this.#dir);
    if (this.closed || inUse === 0 || inUse === this.#number) return;
    void this.#reader.close();
    this.#reader = this.#open();
  }

  /** Asks the copy in use; if it is replaced meanwhile, the next one. */
  async ask<T>(question: (reader: EmbeddedLogReader) => Promise<T>): Promise<T> {
    for (;;) {
      if (this.closed) throw new ThroughlineError('shutting-down');
      const asked = this.#number;
      try {
        return await question(this.#reader);
      } catch (error) {
        if (!(await this.isReplaced(asked, error))) throw error;
      }
    }
  }

  /** Whether what went wrong with a copy is over, since another one is in use: waits a little for damage to be found. */
  async isReplaced(number: number, error: unknown): Promise<boolean> {
    const isLost = problemCode(error) === 'log-corrupt' || (error as NodeJS.ErrnoException).code === 'ENOENT';
    const until = Date.now() + (isLost ? REPLACED_WITHIN_MS : 0);
    for (;;) {
      this.look();
      if (this.closed || this.#number !== number) return !this.closed;
      if (Date.now() >= until) return false;
      await setTimeout(LOOK_EVERY_MS / 4);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.#timer);
    await this.#reader.close();
  }

  #open(): EmbeddedLogReader {
    this.#number = copyInUse(this.#dir);
    return openCopyReader(copyFolder(this.#dir, this.#number));
  }
}
