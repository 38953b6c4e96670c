import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ThroughlineError, type Position } from '@throughline/contracts';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { Tide } from './tide.ts';

const DEFAULT_TIMEOUT_MS = 5_000;
const LONGEST_TIMEOUT_MS = 60_000;

/** `?after=<position>`, and `?timeout=<milliseconds>`: the answer waits until the views have caught up that far. */
@Injectable()
export class AfterInterceptor implements NestInterceptor {
  readonly #tide: Tide;

  constructor(tide: Tide) {
    this.#tide = tide;
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { after, timeout } = context
      .switchToHttp()
      .getRequest<FastifyRequest<{ Querystring: { after?: unknown; timeout?: unknown } }>>().query;
    if (after !== undefined) await this.#tide.reaches(positionOf(after), timeoutOf(timeout));
    return next.handle();
  }
}

function positionOf(after: unknown): Position {
  if (typeof after !== 'string' || !/^[\w-]{0,64}$/.test(after)) {
    throw new ThroughlineError('invalid-query', 'after is a position as an intake answered it.');
  }
  return after as Position;
}

function timeoutOf(timeout: unknown): number {
  if (timeout === undefined) return DEFAULT_TIMEOUT_MS;
  const ms = typeof timeout === 'string' && /^\d{1,5}$/.test(timeout) ? Number(timeout) : Number.NaN;
  if (!(ms <= LONGEST_TIMEOUT_MS)) {
    throw new ThroughlineError('invalid-query', `timeout is in milliseconds, at most ${LONGEST_TIMEOUT_MS}.`);
  }
  return ms;
}
