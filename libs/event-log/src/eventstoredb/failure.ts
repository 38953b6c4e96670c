/** What a failed call means to us. */
import { status } from '@grpc/grpc-js';
import { problemCode, ThroughlineError } from '@throughline/contracts';

/** A failure of gRPC, of the server, or of the client: told apart by what it carries. */
interface CallFailure {
  readonly code?: unknown;
  readonly metadata?: { getMap(): Record<string, unknown> };
}

const DENIED = new Set<unknown>([status.UNAUTHENTICATED, status.PERMISSION_DENIED]);
const FINAL = new Set<unknown>([...DENIED, status.INVALID_ARGUMENT, status.UNIMPLEMENTED]);

/** Whether asking again cannot help. Everything else can pass: a restart, an election, a network. */
export function isFinal(error: unknown): boolean {
  if (problemCode(error)) return !(error as ThroughlineError).retry;
  return FINAL.has((error as CallFailure).code) || exceptionOf(error) === 'stream-deleted';
}

/** The failure in our words, without the server's, which may hold what must not be shown. */
export function problemOf(error: unknown): ThroughlineError {
  if (problemCode(error)) return error as ThroughlineError;
  const { code } = error as CallFailure;
  if (DENIED.has(code) || exceptionOf(error) === 'access-denied')
    return new ThroughlineError('log-refused', undefined, { cause: error });
  if (exceptionOf(error) === 'stream-deleted')
    return new ThroughlineError('invalid-request', 'The stream was deleted on the server.', { cause: error });
  const name = typeof code === 'number' ? status[code] : undefined;
  return new ThroughlineError('log-unavailable', name && `The server's answer was ${name}.`, { cause: error });
}

function exceptionOf(error: unknown): string | undefined {
  const exception = (error as CallFailure).metadata?.getMap?.()['exception'];
  return exception === undefined ? undefined : String(exception);
}
