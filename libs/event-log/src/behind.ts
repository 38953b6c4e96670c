import type { Position } from '@throughline/contracts';
import type { LogReader } from './port.ts';

/** How far something that follows the log is behind it. */
export interface Behind {
  readonly caughtUp: boolean;
  /** How long the oldest event that it lacks has been in the log; 0 when it lacks none. */
  readonly seconds: number;
}

export async function behind(log: Pick<LogReader, 'head' | 'read'>, position: Position): Promise<Behind> {
  if (position < (await log.head())) {
    for await (const { events } of log.read({ after: position, batch: 1 })) {
      const oldest = events[0];
      if (oldest) return { caughtUp: false, seconds: Math.max(0, (Date.now() - oldest.recordedAt) / 1000) };
    }
  }
  return { caughtUp: true, seconds: 0 };
}
