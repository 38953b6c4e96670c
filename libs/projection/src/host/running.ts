/** Work that goes on until it is stopped. */
export interface Running {
  /** Resolves once it has stopped, rejects with what ended it. */
  readonly ended: Promise<void>;
  /** Ends it after the commit in hand. */
  stop(): Promise<void>;
}

/** @param end Asks it to end. */
export function running(ended: Promise<void>, end: () => void): Running {
  ended.catch(() => undefined);
  return {
    ended,
    stop() {
      end();
      return ended.catch(() => undefined);
    },
  };
}

/** Begins work that ends once its signal aborts. */
export function untilStopped(work: (signal: AbortSignal) => Promise<void>): Running {
  const stopping = new AbortController();
  return running(work(stopping.signal), () => stopping.abort());
}
