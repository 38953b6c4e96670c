import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ThroughlineError, type Position } from '@throughline/contracts';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { readsOf } from './reads.ts';
import { Tide } from './tide.ts';

const DEFAULT_TIMEOUT_MS = 5_000;
const LONGEST_TIMEOUT_MS = 60_000;

interface Asking {
  Querystring: { after?: unknown; timeout?: unknown };
  Params: Readonly<Record<string, string>>;
}

/** `?after=<position>`, and `?timeout=<milliseconds>`: the answer waits until the views that it reads have caught up that far. */
@Injectable()
export class AfterInterceptor implements NestInterceptor {
  readonly #tide: Tide;

  constructor(tide: Tide) {
    this.#tide = tide;
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { query, params } = context.switchToHttp().getRequest<FastifyRequest<Asking>>();
    const { after, timeout } = query;
    if (after !== undefined) {
      const reads = readsOf(context.getClass());
      await this.#tide.reaches(positionOf(after), timeoutOf(timeout), reads(params));
    }
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
