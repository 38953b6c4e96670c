/** A projection as its own process runs it, with every version beside each other: an embedded log, and views wherever. */
import { join } from 'node:path';
import {
  DEFAULT_COMPANY,
  documentsOf,
  projectionStream,
  ThroughlineError,
  versionOf,
  type Documents,
  type ProjectionOf,
  type VersionEvent,
} from '@throughline/contracts';
import { openLog, type EmbeddedLog } from '@throughline/event-log';
import {
  openVersionShelfAt,
  openViewsAt,
  partedVersion,
  type Sharing,
  type VersionShelf,
  type ViewPlace,
} from '@throughline/read-model';
import {
  decideVersions,
  evolveVersions,
  initialVersions,
  type Recorded,
  type VersionCommand,
  type VersionsState,
} from '@throughline/versions';
import { randomUUID } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import { startProjection, type Running } from '../src/index.ts';
import { tally, type TallyFragment, type TallyView } from './tally.ts';

/** The tally, with amounts times a factor. */
export const tallyOf: ProjectionOf<TallyFragment, TallyView> = (_, documents = {}) => {
  const { factor = 1 } = documentsOf('tally', documents, { factor: checkFactor });
  const { fragment, view } = tally;
  return {
    ...tally,
    definitions: { factor },
    fragment,
    view: (folded, at) => ({ ...view(folded, at), sum: folded.sum * factor }),
  };
};

function checkFactor(value: unknown): number {
  const { times } = value as { times?: unknown };
  if (typeof times !== 'number') throw new ThroughlineError('invalid-definition', 'factor.times: expected a number.');
  return times;
}

export const hash = (documents: Documents) => versionOf(tallyOf(DEFAULT_COMPANY, documents));
export const TIMES = (times: number): Documents => ({ factor: { times } });

/** No module is there: threads are then this one. */
const NO_SCRIPT = new URL('file:///nowhere/worker.js');
const STREAM = projectionStream('tally');

export class VersionsHost {
  readonly #dir: string;
  readonly #place: ViewPlace;
  readonly #sharing: Sharing | undefined;
  readonly log: EmbeddedLog;
  readonly shelf: VersionShelf;
  #running: Running | undefined;

  static async open(
    dir: string,
    place: ViewPlace = { engine: 'embedded', dir },
    sharing?: Sharing,
  ): Promise<VersionsHost> {
    const log = await openLog({ dir: join(dir, 'log') });
    return new VersionsHost({ dir, place, sharing }, log, await openVersionShelfAt(place, 'tally'));
  }

  private constructor(
    { dir, place, sharing }: { dir: string; place: ViewPlace; sharing: Sharing | undefined },
    log: EmbeddedLog,
    shelf: VersionShelf,
  ) {
    this.#dir = dir;
    this.#place = place;
    this.#sharing = sharing;
    this.log = log;
    this.shelf = shelf;
  }

  /** What a version is called in the store. */
  stored(version: string): string {
    return partedVersion(version, this.#sharing?.parts ?? 1);
  }

  start(projection = tallyOf): this {
    this.#running = startProjection(projection, NO_SCRIPT, {
      log: { engine: 'embedded', dir: join(this.#dir, 'log'), signal: this.log.signal },
      views: this.#place,
      sharing: this.#sharing,
      company: DEFAULT_COMPANY,
      writer: this.log,
    });
    return this;
  }

  /** Of what was started last. */
  get ended(): Promise<void> {
    return this.#running!.ended;
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.shelf.close();
    await this.log.close();
  }

  async state(): Promise<VersionsState> {
    let state = initialVersions();
    for await (const event of this.log.readStream(STREAM)) state = evolveVersions(state, event as unknown as Recorded);
    return state;
  }

  /** Asks as command-api does. @returns the id of what was asked */
  async ask(
    type: VersionCommand['type'],
    data: Record<string, unknown> = {},
    hashOf: (documents: Documents) => string = hash,
  ): Promise<string> {
    const id = randomUUID();
    const asked = {
      author: 'ada',
      reason: 'a test',
      ...(type === 'start' && { documents: {}, source: 'copy' }),
      ...data,
    };
    const state = await this.state();
    const decided = decideVersions({ id, type, data: asked } as VersionCommand, state, hashOf);
    if (!decided.ok) throw new Error(decided.reason);
    await this.put(...decided.events);
    return id;
  }

  async put(...events: readonly VersionEvent[]): Promise<void> {
    if (events.length === 0) return;
    const [revision] = await this.log.revisions([STREAM]);
    const appended = events.map((event) => ({ ...event, occurredAt: Date.now(), metadata: { schema: 1 } }));
    const [result] = await this.log.append([{ stream: STREAM, expectedRevision: revision!, events: appended }]);
    if (!result!.ok) throw new Error(result!.reason);
  }

  /** What readers are told of one customer: the version, and the sum it shows. */
  async shown(customer: string): Promise<readonly [version: string, sum: unknown]> {
    const { views, close } = await openViewsAt(this.#place, ['tally']);
    try {
      const [[sum] = []] = await views.tally.values([customer], ['tally.sum']);
      return [views.tally.version, sum];
    } finally {
      await close();
    }
  }

  /** Whether every version that is followed shows all that is in the log. */
  async caughtUp(): Promise<boolean> {
    const head = await this.log.head();
    for (const version of await this.shelf.list()) {
      const opened = await this.shelf.open(version);
      const progress = await opened?.reader.progress();
      await opened?.close();
      if (!progress || progress.position < head) return false;
    }
    return true;
  }
}

export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds().catch(() => false)) return;
    await rest(25);
  }
  throw new Error(`It never came to this: ${what}.`);
}
