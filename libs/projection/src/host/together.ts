/** Runs parts beside each other: when one of them ends or fails, the signal that they run by tells the others to end. */
export async function together(
  signal: AbortSignal,
  parts: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const ended = new AbortController();
  const running = AbortSignal.any([signal, ended.signal]);
  const outcomes = await Promise.allSettled(parts.map((part) => part(running).finally(() => ended.abort())));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
