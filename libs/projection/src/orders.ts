import {
  projectionStream,
  type DiffRequested,
  type Position,
  type VersionEventType,
  type VersionGiven,
} from '@throughline/contracts';
import type { Batch, LogReader, RecordedEvent } from '@throughline/event-log';
import { bareVersion } from '@throughline/read-model';

/** What the control stream tells the writer of a version, at a place among its other events. */
export type Order =
  /** Readers are given this version from here on. */
  | { readonly kind: 'serve'; readonly at: Position }
  /** Readers are given another one. */
  | { readonly kind: 'stand-by' }
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
  /** Its name may say in how many parts it is kept. */
  readonly version: string;
  /** Up to this revision of the control stream it is known already who is given which version. */
  readonly since: number;
}

/** Cuts a batch behind each event that orders something of a version. */
export function cutAtOrders({ events, through }: Batch, ordered: Ordered): readonly Piece[] {
  const stream = projectionStream(ordered.projection);
  const pieces: Piece[] = [];
  let from = 0;
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    const order = event.stream === stream ? orderOf(event, ordered) : undefined;
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

function orderOf(event: RecordedEvent, ordered: Ordered): Order | undefined {
  const { type, id, data, position, revision, recordedAt } = event;
  const version = bareVersion(ordered.version);
  switch (type as VersionEventType) {
    case 'version.promoted':
    case 'version.rolled-back':
      if (revision <= ordered.since) return undefined;
      return (data as VersionGiven).to === version ? { kind: 'serve', at: position } : { kind: 'stand-by' };
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
