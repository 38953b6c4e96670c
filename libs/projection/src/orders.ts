import {
  IDENTITY,
  projectionStream,
  type DiffRequested,
  type Position,
  type VersionEventType,
  type VersionGiven,
  type ViewsSwitched,
} from '@throughline/contracts';
import type { Batch, LogReader, RecordedEvent } from '@throughline/event-log';
import { bareVersion, rulesOf } from '@throughline/read-model';
import { rulesVersion } from '@throughline/versions';

/** A version is given to readers when its definitions are, and when views are read by the decisions of identity that it is kept by. */
export type Given = 'definitions' | 'identity';

/** What the control streams, the projection's own and identity's, tell the writer of a version, at a place among its other events. */
export type Order =
  /** Readers are given what it is kept by from here on. */
  | { readonly kind: 'serve'; readonly by: Given; readonly at: Position }
  /** Readers are given something else. */
  | { readonly kind: 'stand-by'; readonly by: Given }
  /** This version is compared as it stands here. */
  | { readonly kind: 'hold'; readonly diff: string; readonly revision: number; readonly recordedAt: number };

export type Hold = Extract<Order, { readonly kind: 'hold' }>;

/** A piece of a batch, and what its last event orders. */
export interface Piece {
  readonly batch: Batch;
  readonly order: Order | undefined;
}

export interface Ordered {
  readonly projection: string;
  /** Its name says by which rules of identity, and may say in how many parts, it is kept. */
  readonly version: string;
  /** Up to these revisions of the control streams it is known already what readers are given. */
  readonly since: Readonly<Record<Given, number>>;
}

/** Cuts a batch behind each event that orders something of a version. */
export function cutAtOrders({ events, through }: Batch, ordered: Ordered): readonly Piece[] {
  const own = projectionStream(ordered.projection);
  const pieces: Piece[] = [];
  let from = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    const order =
      event.stream === own
        ? orderOf(event, ordered)
        : event.stream === IDENTITYS
          ? switchOf(event, ordered)
          : undefined;
    if (order === undefined) continue;
    pieces.push({ batch: { events: events.slice(from, i + 1), through: event.position }, order });
    from = i + 1;
  }
  if (pieces.length === 0) return [{ batch: { events, through }, order: undefined }];
  if (from < events.length || pieces.at(-1)!.batch.through < through) {
    pieces.push({ batch: { events: events.slice(from), through }, order: undefined });
  }
  return pieces;
}

/** The control stream of identity. */
export const IDENTITYS = projectionStream(IDENTITY);

function switchOf({ type, data, position, revision }: RecordedEvent, { version, since }: Ordered): Order | undefined {
  if (type !== ('views.switched' satisfies VersionEventType) || revision <= since.identity) return undefined;
  const isThis = rulesVersion((data as ViewsSwitched).to) === rulesOf(version);
  return isThis ? { kind: 'serve', by: 'identity', at: position } : { kind: 'stand-by', by: 'identity' };
}

function orderOf(event: RecordedEvent, ordered: Ordered): Order | undefined {
  const { type, id, data, position, revision, recordedAt } = event;
  const version = bareVersion(ordered.version);
  switch (type as VersionEventType) {
    case 'version.promoted':
    case 'version.rolled-back':
      if (revision <= ordered.since.definitions) return undefined;
      return (data as VersionGiven).to === version
        ? { kind: 'serve', by: 'definitions', at: position }
        : { kind: 'stand-by', by: 'definitions' };
    case 'diff.requested': {
      const { from, to } = data as DiffRequested;
      return from === version || to === version ? { kind: 'hold', diff: id, revision, recordedAt } : undefined;
    }
    default:
      return undefined;
  }
}

/** The order to hold still at which a writer left off, so that one who takes over from it stands there too. */
export async function holdAt(
  log: Pick<LogReader, 'readStream'>,
  ordered: Ordered,
  position: Position,
): Promise<Hold | undefined> {
  for await (const event of log.readStream(projectionStream(ordered.projection), { backwards: true })) {
    if (event.position < position) return undefined;
    const order = event.position === position ? orderOf(event, ordered) : undefined;
    if (order?.kind === 'hold') return order;
  }
  return undefined;
}

/** Whether what is compared has been read, or will not be. */
export async function isReleased(
  log: Pick<LogReader, 'readStream'>,
  projection: string,
  { diff, revision }: Hold,
): Promise<boolean> {
  for await (const { type, data } of log.readStream(projectionStream(projection), { from: revision + 1 })) {
    const told = type as VersionEventType;
    if ((told === 'diff.released' || told === 'diff.made') && data['diff'] === diff) return true;
  }
  return false;
}
