/** No slice of work on the thread that answers HTTP may be longer. */
const SLICE_MS = 1.5;

/**
 * A long piece of work's way of letting others in: call it between steps and await what it gives, if anything. It gives the
 * event loop a turn once the slice is used up.
 */
export function pacer(sliceMs = SLICE_MS): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < sliceMs) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        resolve();
      });
    });
  };
}
