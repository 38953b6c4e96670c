/** Appending from another thread than the writer's: the calls and their answers cross a `MessagePort`. */
import type { MessagePort } from 'node:worker_threads';
import { problemCode, ThroughlineError, type ProblemCode } from '@throughline/contracts';
import type { Append, AppendResult, LogWriter } from '../port.ts';

interface Call {
  readonly call: number;
  readonly appends: readonly Append[];
}

/** Errors cross threads as their code. */
type Answer =
  | { readonly call: number; readonly results: readonly AppendResult[] }
  | { readonly call: number; readonly code: ProblemCode; readonly detail: string | undefined };

/** Serves the appends of whoever holds the other end of the port, until the port is closed. */
export function serveAppends(log: LogWriter, port: MessagePort): void {
  port.on('message', ({ call, appends }: Call) => {
    log.append(appends).then(
      (results) => port.postMessage({ call, results } satisfies Answer),
      (error: unknown) => {
        const code = problemCode(error) ?? 'internal';
        port.postMessage({ call, code, detail: (error as Partial<ThroughlineError>).detail } satisfies Answer);
      },
    );
  });
}

/**
 * A writer whose log is served at the other end of the port. The port keeps this thread alive only while an answer is due;
 * when it closes, what is due fails with `shutting-down`.
 */
export function remoteWriter(port: MessagePort): LogWriter {
  const due = new Map<number, { resolve(results: readonly AppendResult[]): void; reject(error: unknown): void }>();
  let calls = 0;
  let closed = false;
  port.on('message', (answer: Answer) => {
    const waiting = due.get(answer.call);
    due.delete(answer.call);
    if (due.size === 0) port.unref();
    if ('results' in answer) waiting?.resolve(answer.results);
    else waiting?.reject(new ThroughlineError(answer.code, answer.detail));
  });
  port.on('close', () => {
    closed = true;
    for (const { reject } of due.values()) reject(new ThroughlineError('shutting-down'));
    due.clear();
  });
  port.unref();
  return {
    append(appends) {
      return new Promise((resolve, reject) => {
        if (closed) throw new ThroughlineError('shutting-down');
        const call = ++calls;
        port.postMessage({ call, appends } satisfies Call);
        due.set(call, { resolve, reject });
        port.ref();
      });
    },
  };
}
