/**
 * The events of a part's ownership stream, `ownership-<projection>-<version>-<part>`. Control events: nothing is folded from them.
 *
 * | type            | data                    | says                                                                                   |
 * | --------------- | ----------------------- | -------------------------------------------------------------------------------------- |
 * | `part.claimed`  | `{ replica, part, of }` | the replica owns the part until the next event; its fencing token is this one's revision + 1 |
 * | `part.released` | `{ replica, part, of }` | the replica has ended its run of the part, and nobody owns it                          |
 */
import { randomUUID } from 'node:crypto';
import { NO_STREAM, type NewEvent, type RecordedEvent } from '@throughline/event-log';
import type { Part } from '@throughline/read-model';

export type PartEventType = 'part.claimed' | 'part.released';

/** The last event of a part's stream. */
export interface Standing {
  readonly revision: number;
  /** Whose event it is; undefined where there is none. */
  readonly by: string | undefined;
  /** Undefined when nobody owns the part. */
  readonly owner: string | undefined;
}

export const NOBODYS: Standing = { revision: NO_STREAM, by: undefined, owner: undefined };

/**
 * An id of its own each time: an event that stands in the log is then known to be of this very attempt, also where another process
 * has the same replica's name. An attempt whose outcome stayed unknown is never taken for made: the part is claimed again.
 */
export function partEvent(type: PartEventType, replica: string, { index, of }: Part): NewEvent {
  const data = { replica, part: index, of };
  return { id: randomUUID(), type, occurredAt: Date.now(), data, metadata: { schema: 1 } };
}

export function standingOf({ type, revision, data }: Pick<RecordedEvent, 'type' | 'revision' | 'data'>): Standing {
  const by = String(data['replica']);
  return { revision, by, owner: type === ('part.claimed' satisfies PartEventType) ? by : undefined };
}
