import { IDENTITY_REQUESTS, type MoveRequested, type RequestUndone } from '@throughline/contracts';
import type { LogReader } from '@throughline/event-log';
import type { Move } from '@throughline/read-model';
import { pause } from '@throughline/runtime';
import type { Moves } from '../history/moves.ts';
import { isKnown, type Known } from './known.ts';

/** Stewards' moves that were known to be in force. The stream is as long as people have asked. */
export async function movesThen(log: LogReader, known: Known): Promise<Moves> {
  const inForce = new Map<string, Move>();
  for await (const event of log.readStream(IDENTITY_REQUESTS)) {
    await pause();
    if (!isKnown(known, event)) continue;
    if (event.type === 'identity.request-undone') inForce.delete((event.data as RequestUndone).requestId);
    if (event.type !== 'identity.move-requested') continue;
    const { from, to, touchpoints, span } = event.data as MoveRequested;
    inForce.set(event.id, {
      position: event.position,
      from,
      to,
      ...(touchpoints && { touchpoints }),
      ...(span && { span: { from: Date.parse(span.from), to: Date.parse(span.to) } }),
    });
  }
  return [...inForce.values()];
}
