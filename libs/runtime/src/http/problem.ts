import { HttpException } from '@nestjs/common';
import { PROBLEMS, problemCode, type ProblemCode } from '@throughline/contracts';

/** An RFC 9457 problem document, as every error of every service is answered. */
export interface Problem {
  /** `https://throughline.dev/problems/<code>`: identifies the kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What and where, this time. */
  readonly detail?: string;
  readonly code: ProblemCode;
  /** Whether the same call can succeed later, unchanged. */
  readonly retry: boolean;
  /** `urn:throughline:request:<correlationId>`. */
  readonly instance: string;
  /** What the logs know this request by. */
  readonly correlationId: string;
}

export const PROBLEM_TYPE = 'https://throughline.dev/problems/';

/** The codes that stand for what the framework itself refuses. */
const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  404: 'not-found',
  413: 'too-large',
  429: 'too-busy',
  503: 'shutting-down',
};

/** Anything thrown, as the problem it is answered with. An unknown error is `internal`, and says nothing of itself. */
export function problemOf(error: unknown, correlationId: string): Problem {
  const known = problemCode(error);
  if (known) return document(known, correlationId, PROBLEMS[known].status, detailOf(error));

  const status = statusOf(error);
  if (status === undefined || (status >= 500 && status !== 503))
    return document('internal', correlationId, PROBLEMS.internal.status);
  const detail = error instanceof HttpException && status !== 404 ? error.message : undefined;
  return document(BY_STATUS[status] ?? 'invalid-request', correlationId, status, detail);
}

function document(code: ProblemCode, correlationId: string, status: number, detail?: string): Problem {
  return {
    type: PROBLEM_TYPE + code,
    title: PROBLEMS[code].title,
    status,
    ...(detail ? { detail } : {}),
    code,
    retry: PROBLEMS[code].retry,
    instance: `urn:throughline:request:${correlationId}`,
    correlationId,
  };
}

function detailOf(error: unknown): string | undefined {
  const detail = (error as { detail?: unknown }).detail;
  return typeof detail === 'string' ? detail : undefined;
}

/** Of Nest's exceptions, and of what Fastify refuses before Nest sees it. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}
