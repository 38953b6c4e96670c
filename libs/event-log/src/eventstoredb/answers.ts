/** The answers of one reading call, taken in as many at a time as have come, and no more of them than are asked for. */
import { setImmediate } from 'node:timers/promises';
import type { AnswerStream } from './connection.ts';
import type { ReadAnswer } from './wire.ts';

/** So many answers, or bytes of events, may wait here; then the server does. */
const MAX_WAITING = 2048;
const MAX_BYTES = 4 * 1024 * 1024;

export class Answers {
  readonly #stream: AnswerStream;
  readonly #waiting: ReadAnswer[] = [];
  #bytes = 0;
  #ended = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  /** @param signal ends the call, and with it the answers. */
  constructor(stream: AnswerStream, signal?: AbortSignal) {
    this.#stream = stream;
    const cancel = () => stream.cancel();
    const end = (error?: unknown) => {
      this.#ended = true;
      this.#error ??= error;
      signal?.removeEventListener('abort', cancel);
      this.#wake?.();
    };
    stream.on('data', (answer: ReadAnswer) => {
      this.#bytes += bytesOf(answer);
      if (this.#waiting.push(answer) >= MAX_WAITING || this.#bytes >= MAX_BYTES) stream.pause();
      this.#wake?.();
    });
    stream.on('end', () => end());
    stream.on('error', end);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
  }

  /**
   * The next answers, at most so many; undefined once there are no more.
   *
   * @throws what the call failed with, once all before it was taken.
   */
  async take(most: number): Promise<readonly ReadAnswer[] | undefined> {
    if (this.#waiting.length < most && !this.#ended) {
      if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      // What arrives in the same breath is taken with it.
      await setImmediate();
    }
    this.#wake = undefined;
    if (this.#waiting.length === 0) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return undefined;
    }
    const taken = this.#waiting.splice(0, most);
    for (const answer of taken) this.#bytes -= bytesOf(answer);
    if (this.#stream.isPaused() && this.#waiting.length < MAX_WAITING / 2 && this.#bytes < MAX_BYTES / 2)
      this.#stream.resume();
    return taken;
  }

  /** Ends the call; its late errors are of no interest. */
  cancel(): void {
    this.#stream.cancel();
  }
}

function bytesOf(answer: ReadAnswer): number {
  return answer.kind === 'event' ? answer.event.data.length + answer.event.metadata.length : 0;
}
