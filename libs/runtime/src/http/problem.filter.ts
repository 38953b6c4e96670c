import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { problemOf, type Problem } from './problem.ts';

/** Seconds after which a refused call may be sent again: long enough to matter, short enough for a person to wait. */
const RETRY_AFTER = '1';

/** Answers whatever was thrown as a problem document; logs what nobody expected. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error, request.id);
    if (problem.status >= 500 && !problem.retry) {
      this.#logger.error(
        { correlationId: request.id, code: problem.code, route: request.routeOptions.url, err: error },
        'a request failed',
      );
    }
    send(reply, problem);
  }
}

/** Answers anything thrown as a problem document, on routes that are Fastify's own and so out of the filter's reach. */
export function sendProblem(reply: FastifyReply, error: unknown, correlationId: string): void {
  send(reply, problemOf(error, correlationId));
}

function send(reply: FastifyReply, problem: Problem): void {
  if (reply.sent) return;
  if (problem.retry && !reply.hasHeader('retry-after')) void reply.header('retry-after', RETRY_AFTER);
  void reply.status(problem.status).type('application/problem+json').send(problem);
}
