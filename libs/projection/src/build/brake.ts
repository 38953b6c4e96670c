import { setTimeout as sleep } from 'node:timers/promises';

const GO = 0;
const REST = 1;
const STOP = 2;
/** How soon a thread that rests looks whether it may go on, milliseconds. */
const LOOK_AGAIN = 10;

/** Tells the threads of a build, through memory they share, to rest, to go on, or to end. */
export class Brake {
  /** Can be handed to a thread, for a brake of its own over it. */
  readonly shared: SharedArrayBuffer;
  readonly #state: Int32Array;

  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#state = new Int32Array(shared);
  }

  rest(): void {
    Atomics.compareExchange(this.#state, 0, GO, REST);
  }

  goOn(): void {
    Atomics.compareExchange(this.#state, 0, REST, GO);
  }

  stop(): void {
    Atomics.store(this.#state, 0, STOP);
  }

  get resting(): boolean {
    return Atomics.load(this.#state, 0) === REST;
  }

  get stopped(): boolean {
    return Atomics.load(this.#state, 0) === STOP;
  }

  /**
   * Asked between pieces of work: waits while there is to be rest.
   *
   * @throws Stopped
   */
  async check(): Promise<void> {
    while (this.resting) await sleep(LOOK_AGAIN);
    if (this.stopped) throw new Stopped();
  }
}

/** A build was told to end. What it has marked as done stays done. */
export class Stopped extends Error {}
