/** How the writer wakes readers in its own process: a shared piece of memory with the mark in it. */
import { EMPTY_LOG, Waiting, type Mark, type MarkWatch } from './mark.ts';

/** Hand it to a worker in its `workerData`; `openLogReader({ dir, signal })` there then wakes at once. */
export interface LogSignal {
  /** A counter of changes (32 bits) at 0; end and last of the mark (64 bits each) at 8 and 16. */
  readonly shared: SharedArrayBuffer;
}

const BYTES = 24;
const LOOK_AGAIN_MS = 1000;

/** Known to Node 20, not yet to the library of types. */
type WaitAsync = (array: Int32Array, index: number, value: number) => { readonly value: unknown };
const waitAsync = (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync;

export function newSignal(mark: Mark): LogSignal {
  const signal = { shared: new SharedArrayBuffer(BYTES) };
  raise(signal, mark);
  return signal;
}

/** Moves the mark and wakes whoever waits, in any thread. */
export function raise({ shared }: LogSignal, mark: Mark): void {
  const places = new BigInt64Array(shared, 8, 2);
  // The end first: whoever sees the last record may read it.
  Atomics.store(places, 0, BigInt(mark.end));
  Atomics.store(places, 1, BigInt(mark.last));
  const changes = new Int32Array(shared, 0, 1);
  Atomics.add(changes, 0, 1);
  Atomics.notify(changes, 0);
}

export class SignalWatch implements MarkWatch {
  readonly #changes: Int32Array;
  readonly #places: BigInt64Array;
  readonly #waiting = new Waiting(LOOK_AGAIN_MS, () => this.#waiting.wake());
  #armed = false;
  closed = false;

  constructor({ shared }: LogSignal) {
    this.#changes = new Int32Array(shared, 0, 1);
    this.#places = new BigInt64Array(shared, 8, 2);
  }

  mark(): Mark {
    const last = Number(Atomics.load(this.#places, 1));
    const end = Number(Atomics.load(this.#places, 0));
    return end === 0 ? EMPTY_LOG : { end, last };
  }

  moved(end: number, signal: AbortSignal): Promise<void> {
    const seen = Atomics.load(this.#changes, 0);
    if (this.closed || signal.aborted || this.mark().end > end) return Promise.resolve();
    const moved = this.#waiting.wait(signal);
    if (!this.#armed) void this.#arm(seen);
    return moved;
  }

  close(): void {
    this.closed = true;
    this.#waiting.wake();
  }

  async #arm(seen: number): Promise<void> {
    this.#armed = true;
    await waitAsync(this.#changes, 0, seen).value;
    this.#armed = false;
    this.#waiting.wake();
  }
}
