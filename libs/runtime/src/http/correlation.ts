import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const CORRELATION_HEADER = 'x-correlation-id';

/** Whether a correlation id that somebody sent is harmless in a log and a header: what looks like an address or a name is not. */
export function isLoggable(correlationId: unknown): correlationId is string {
  return typeof correlationId === 'string' && /^[\w.:-]{1,100}$/.test(correlationId);
}

/** A request's id: the caller's own where it is harmless, else a new one. Fastify keeps it as `request.id`. */
export function correlationId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[CORRELATION_HEADER];
  return isLoggable(given) ? given : randomUUID();
}
