import { behind, type EventLog, type Followed, type Watch } from '@throughline/event-log';
import { isLoggable, type Workbench } from '@throughline/runtime';

/** What looking on works with. */
export type Lookout = Pick<Workbench, 'logger' | 'parts' | 'tracing'> & {
  readonly log: Pick<EventLog, 'head' | 'read'>;
};

/** Each correlation id in a line costs its room; the rest of them are in the log itself. */
const MOST_IN_A_LINE = 16;

/**
 * Shows how a part gets on along the log: its figures, what it set aside as lines of the log, and, where traces are wanted, a span
 * for each commit that touchpoints with a trace led to.
 */
export function watchPart(part: string, { logger, parts, tracing, log }: Lookout): Watch {
  let through: Followed['through'] | undefined;
  parts.watchLag(part, async () => (through === undefined ? Number.NaN : (await behind(log, through)).seconds));
  const tells = logger.isLevelEnabled('debug');
  return {
    causes: tells || tracing !== undefined,
    onFollowed(followed) {
      through = followed.through;
      const { events, recordedAt, startedAt, endedAt, causes, parked } = followed;
      parts.committed(part, { events, seconds: (endedAt - startedAt) / 1000, recordedAt });
      for (const { id, stage, correlationId } of parked?.first ?? []) {
        const known = isLoggable(correlationId) ? { correlationId } : {};
        logger.warn({ part, ...known, stage, id }, 'it could not be folded and is parked');
      }
      if (parked && parked.count > parked.first.length) {
        logger.warn({ part, more: parked.count - parked.first.length }, 'more could not be folded and is parked');
      }
      if (tells && events > 0) {
        const correlationIds = causes?.correlationIds.filter(isLoggable).slice(0, MOST_IN_A_LINE);
        logger.debug({ part, events, through, correlationIds }, 'committed');
      }
      const [parent, ...links] = causes?.traceparents ?? [];
      if (parent === undefined) return;
      const attributes = { 'throughline.part': part, 'throughline.events': events };
      tracing?.span(`${part} commit`, { kind: 'consumer', parent, links, attributes, startedAt }).end({ at: endedAt });
    },
  };
}
