import type { Logger } from 'pino';

/** How long a clean stop may take before the process goes without it. */
const GRACE_MS = 15_000;
const PARENT_CHECK_MS = 500;
/** A Ctrl-C under npm arrives twice, from the terminal and from npm: within this time it is one. */
const ONE_SIGNAL_MS = 1_000;

/**
 * Closes once, in order, when the process is told to stop (SIGTERM, SIGINT) or when the npm that started it is gone: npm's
 * shell dies of a signal without passing it on. A second signal ends the process at once, as a close that hangs does; both
 * are safe, since whatever was acknowledged is durable.
 *
 * @param close Stops intake, flushes, closes. The process exits with 0 after it, with 1 when it throws.
 */
export function closeOnSignal(close: () => Promise<void>, logger: Logger): void {
  let stoppedAt: number | undefined;
  const stop = (reason: string): void => {
    if (stoppedAt !== undefined) {
      if (performance.now() - stoppedAt > ONE_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    logger.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the stop was not clean');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.env['npm_lifecycle_event'] !== undefined) whenOrphaned(() => stop('npm is gone'));
}

/**
 * An error that nobody caught leaves nobody knowing what still works: it is logged and the process ends, which is safe at any
 * moment. Node's own report would print the error's message, and that may be personal.
 */
export function endOnCrash(logger: Logger): void {
  const end = (error: unknown): void => {
    logger.fatal({ err: error }, 'an error that nobody caught');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, PARENT_CHECK_MS);
  timer.unref();
}
