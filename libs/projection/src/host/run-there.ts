import { openChangePublisher, type ChangesPlace } from '@throughline/changes';
import type { Company, ProjectionDefinition } from '@throughline/contracts';
import { openLogAt, type Followed, type LogPlace, type LogWriter } from '@throughline/event-log';
import { openViewStoreAt, type ViewPlace } from '@throughline/read-model';
import { Bell } from '../bell.ts';
import type { Limits } from '../limits.ts';
import { relayChanges, type RelayChanges, type Relayed } from '../relay-changes.ts';
import { runProjection } from '../run-projection.ts';
import { versionOf } from '../version.ts';
import { together } from './together.ts';

/** A projection as its library exports it. */
export type ProjectionOf<F, V> = (company: Company) => ProjectionDefinition<F, V>;

/** What a thread is told of where it runs. */
export interface ProjectionPlace {
  readonly log: LogPlace;
  readonly views: ViewPlace;
  readonly company: Company;
  /** Whether whoever looks on wants to know what led to each commit. */
  readonly causes: boolean;
  /** Where channels are told what changes; undefined: nowhere. */
  readonly changes: ChangesPlace | undefined;
}

/** A commit crosses a network as one script, during which Redis does nothing else. */
const LIMITS: Readonly<Record<ViewPlace['engine'], Partial<Limits>>> = {
  embedded: {},
  redis: { batch: 2_000, slice: 2_000 },
};

/** What a thread tells of its projection. */
export type ProjectionNews = { readonly followed: Followed } | { readonly relayed: Relayed };

/** Runs a projection on the engines it is told of until the signal aborts, and closes what it opened. */
export async function runThere<F, V>(
  projection: ProjectionOf<F, V>,
  { log: logPlace, views, company, causes, changes }: ProjectionPlace,
  writer: LogWriter,
  stopping: AbortSignal,
  tell?: (news: ProjectionNews) => void,
): Promise<void> {
  const definition = projection(company);
  const log = await openLogAt(logPlace);
  try {
    const version = versionOf(definition);
    const opened = await openViewStoreAt(views, {
      projection: definition.name,
      version,
      completeAt: await log.head(),
    });
    const { store, ended } = opened;
    try {
      const signal = AbortSignal.any([stopping, ended]);
      const bell = new Bell();
      const watch = {
        causes,
        onFollowed(followed: Followed) {
          bell.ring();
          tell?.({ followed });
        },
      };
      const onRelayed = tell && ((relayed: Relayed) => tell({ relayed }));
      await together(signal, [
        (signal) => {
          const tells = changes !== undefined;
          return runProjection({ definition, log, writer, store, signal, watch, tells, limits: LIMITS[views.engine] });
        },
        ...(changes ? [(signal: AbortSignal) => publishTo(changes, { store, bell, signal, onRelayed })] : []),
      ]);
      if (ended.aborted) throw ended.reason;
    } finally {
      await opened.close();
    }
  } finally {
    await log.close();
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
