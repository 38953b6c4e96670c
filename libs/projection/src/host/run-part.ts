import { openChangePublisher, type ChangesPlace } from '@throughline/changes';
import type { Documents, ProjectionDefinition } from '@throughline/contracts';
import type { Followed, LogReader, LogWriter } from '@throughline/event-log';
import { openViewStoreAt, type Part, type ViewPlace } from '@throughline/read-model';
import { Bell } from '../bell.ts';
import type { Limits } from '../limits.ts';
import type { Given } from '../orders.ts';
import { relayChanges, type RelayChanges, type Relayed } from '../relay-changes.ts';
import { runProjection } from '../run-projection.ts';
import { together } from './together.ts';

export interface RunPart<F, V> {
  readonly definition: ProjectionDefinition<F, V>;
  /** Its name in the store. */
  readonly version: string;
  /** What the definition was made of, where that is not shipped. */
  readonly documents: Documents;
  /** Whether readers are to be given this version, by the control streams up to these revisions. */
  readonly serves: Readonly<Record<Given, boolean>>;
  readonly since: Readonly<Record<Given, number>>;
  readonly log: LogReader;
  readonly writer: LogWriter;
  readonly views: ViewPlace;
  /** Which part, and the token of its ownership; undefined: the only writer there is. */
  readonly owned: { readonly part: Part; readonly token: number } | undefined;
  readonly changes: ChangesPlace | undefined;
  readonly causes: boolean;
  readonly signal: AbortSignal;
  onFollowed(followed: Followed): void;
  onRelayed(relayed: Relayed): void;
}

/** A commit crosses a network as one script, during which Redis does nothing else. */
const LIMITS: Readonly<Record<ViewPlace['engine'], Partial<Limits>>> = {
  embedded: {},
  redis: { batch: 2_000, slice: 2_000 },
};

/** Writes one part of a version, or all of it, and tells channels what it changes, until the signal aborts. */
export async function runPart<F, V>(run: RunPart<F, V>): Promise<void> {
  const {
    definition,
    version,
    documents,
    serves,
    since,
    log,
    writer,
    views,
    owned,
    changes,
    causes,
    onFollowed,
    onRelayed,
  } = run;
  const opened = await openViewStoreAt(views, {
    projection: definition.name,
    version,
    documents,
    beside: !(serves.definitions && serves.identity),
    completeAt: await log.head(),
    ...owned,
  });
  const { store, neighbours, ended } = opened;
  try {
    const bell = new Bell();
    const watch = {
      causes,
      onFollowed(followed: Followed) {
        bell.ring();
        onFollowed(followed);
      },
    };
    const share = owned && neighbours && { part: owned.part, neighbours };
    const tells = changes !== undefined;
    await together(AbortSignal.any([run.signal, ended]), [
      (signal) =>
        runProjection({
          definition,
          log,
          writer,
          store,
          serves,
          since,
          share,
          signal,
          watch,
          tells,
          limits: LIMITS[views.engine],
        }),
      ...(changes ? [(signal: AbortSignal) => publishTo(changes, { store, bell, signal, onRelayed })] : []),
    ]);
    if (ended.aborted) throw ended.reason;
  } finally {
    await opened.close();
  }
}

async function publishTo(place: ChangesPlace, relay: Omit<RelayChanges, 'publisher'>): Promise<void> {
  const publisher = openChangePublisher(place);
  try {
    await relayChanges({ ...relay, publisher });
  } finally {
    await publisher.close();
  }
}
