import type { Company, Documents, Position, ProjectionOf } from '@throughline/contracts';
import { openLogAt, type LogPlace } from '@throughline/event-log';
import { openViewStoreAt, type OpenedView, type ViewPlace } from '@throughline/read-model';
import { Brake } from './brake.ts';
import type { Builder, BuildLimits } from './task.ts';

/** Where a version is built, and what. Plain data: it can be handed to a thread. */
export interface BuildPlace {
  readonly log: LogPlace;
  readonly views: ViewPlace;
  readonly company: Company;
  readonly documents: Documents;
  /** Its name in the read model, with its parts in it where it has several. */
  readonly version: string;
  readonly parts: number;
  /** The fence: all who build the version together open it by this. */
  readonly token: number;
  /** The position to build to. A build that goes on where another ended goes on to that one's. */
  readonly upTo: Position;
  /** Of the brake that stops them all. */
  readonly brake: SharedArrayBuffer;
  readonly limits: BuildLimits;
}

/** What a thread builds with, open. */
export interface OpenedBuilder<F, V> {
  readonly builder: Builder<F, V>;
  /** Aborts when a store was lost or taken over; its reason is the error to end with. */
  readonly ended: AbortSignal;
  close(): Promise<void>;
}

/** Opens the log, and the stores of all parts for writing, beside whoever else builds the same version by the same token. */
export async function openBuilder<F, V>(
  projection: ProjectionOf<F, V>,
  place: BuildPlace,
): Promise<OpenedBuilder<F, V>> {
  const { views, company, documents, version, parts, token, upTo, limits } = place;
  const definition = projection(company, documents);
  const log = await openLogAt(place.log);
  const opened: OpenedView[] = [];
  const close = async () => {
    for (const { close } of opened) await close();
    await log.close();
  };
  try {
    await log.reached?.(upTo);
    for (let index = 0; index < parts; index++) {
      const part = { index, of: parts };
      const view = {
        projection: definition.name,
        version,
        completeAt: upTo,
        token,
        joint: true,
        documents,
        beside: true,
      };
      opened.push(await openViewStoreAt(views, { ...view, ...(parts > 1 && { part }) }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    builder: {
      definition,
      log,
      stores: opened.map(({ store }) => store),
      brake: new Brake(place.brake),
      limits,
    },
    ended: AbortSignal.any(opened.map(({ ended }) => ended)),
    close,
  };
}
