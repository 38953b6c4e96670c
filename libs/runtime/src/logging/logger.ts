import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from '../settings.ts';
import { describeError } from './describe-error.ts';

/**
 * Structured logs: one JSON object a line, on standard error, so that standard output stays a command's own. A logged error
 * keeps its name, code and place, never its message: messages of others quote what they could not read, and that may be
 * personal.
 */
export function createLogger(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    destination,
  );
}
