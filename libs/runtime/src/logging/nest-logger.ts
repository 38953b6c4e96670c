import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages, as structured logs. What Nest says of its start (each route, each module) is for debugging. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, context?: string): void {
    this.#logger.debug({ context }, text(message));
  }

  debug(message: unknown, context?: string): void {
    this.#logger.debug({ context }, text(message));
  }

  verbose(message: unknown, context?: string): void {
    this.#logger.trace({ context }, text(message));
  }

  warn(message: unknown, context?: string): void {
    this.#logger.warn({ context }, text(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (message instanceof Error) this.#logger.error({ context, err: message }, 'Nest reported an error');
    else this.#logger.error({ context }, text(message));
  }

  fatal(message: unknown, context?: string): void {
    this.#logger.fatal({ context }, text(message));
  }
}

function text(message: unknown): string {
  return typeof message === 'string' ? message : message instanceof Error ? message.name : 'Nest reported something';
}
