import type { ServerWritableStream } from '@grpc/grpc-js';

/**
 * The sending side of a call. What is sent waits for the client to take it: HTTP/2's window holds up the sender, so a slow client
 * costs the node a few messages, however far behind it is.
 */
export class Replies<T> {
  readonly #call: ServerWritableStream<unknown, T>;
  readonly #gone = new AbortController();

  /** Gone when the client is, or when `closing` aborts. */
  constructor(call: ServerWritableStream<unknown, T>, closing: AbortSignal) {
    this.#call = call;
    const gone = () => this.#gone.abort();
    for (const event of ['cancelled', 'close', 'error']) call.on(event, gone);
    closing.addEventListener('abort', gone, { once: true });
    this.#gone.signal.addEventListener('abort', () => closing.removeEventListener('abort', gone), { once: true });
  }

  /** Aborted when nobody waits for replies any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Sends a message; resolves once there is room for the next. */
  send(message: T): Promise<void> | undefined {
    if (this.gone.aborted || this.#call.write(message)) return undefined;
    return new Promise((resolve) => {
      const done = () => {
        this.#call.off('drain', done);
        this.gone.removeEventListener('abort', done);
        resolve();
      };
      this.#call.on('drain', done);
      this.gone.addEventListener('abort', done, { once: true });
    });
  }
}
