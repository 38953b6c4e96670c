import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  openEventStore,
  openLog,
  type EventLog,
  type EventStoreLog,
  type LogPlace,
  type LogReader,
  type LogStats,
} from '@throughline/event-log';
import {
  openVersionShelfAt,
  openViewsAt,
  type CurrentViewReader,
  type Sharing,
  type VersionShelf,
  type ViewPlace,
} from '@throughline/read-model';
import { SettingsError, type Settings } from '@throughline/runtime';
import type { EngineSettings } from './settings.ts';
import { openShownIdentity, type ShownIdentity } from './shown-identity.ts';

/** Where a process's log and views are, and how to open them. */
export class Engines {
  readonly #settings: EngineSettings;
  readonly #data: string;
  readonly #replica: string;

  constructor(settings: EngineSettings, { data, port }: Pick<Settings, 'data' | 'port'>) {
    this.#settings = settings;
    this.#data = data;
    // The same when it is started again, so that it takes up at once what was its own; never that of another that runs.
    this.#replica = `${hostname()}:${port || `pid-${process.pid}`}`;
  }

  /** Whether the log is a server's, which any number of processes can write, and of which each host keeps a mirror. */
  get shared(): boolean {
    return this.#settings.eventStore !== undefined;
  }

  /** What the host's mirror is kept from and where. */
  get mirror(): { readonly url: string; readonly dir: string } {
    return { url: this.#shared()(), dir: join(this.#data, 'mirror') };
  }

  get views(): ViewPlace {
    const { redis } = this.#settings;
    return redis ? { engine: 'redis', url: redis() } : { engine: 'embedded', dir: this.#data };
  }

  /** How this process shares the writing of views with others; undefined where nobody can share it. */
  get sharing(): Sharing | undefined {
    const { redis, shards } = this.#settings;
    return redis && { replica: this.#replica, parts: shards };
  }

  /** Where identity keeps its graph on this host. */
  get graph(): string {
    return join(this.#data, 'identity');
  }

  /** Opens the log for writing; of an embedded one there is one such process. */
  async openLog(): Promise<OpenLog> {
    if (this.shared) return { ...this.openSharedLog(), stats: undefined };
    const dir = join(this.#data, 'log');
    const log = await openLog({ dir });
    return { log, place: { engine: 'embedded', dir, signal: log.signal }, stats: () => log.stats() };
  }

  /** Opens the log as a process that is one of several: only a server's can be shared by them. */
  openSharedLog(): { readonly log: EventStoreLog; readonly place: LogPlace } {
    const { url, dir } = this.mirror;
    return { log: openEventStore({ url, mirrorDir: dir }), place: { engine: 'mirror', dir, server: url } };
  }

  openViews<Name extends string>(
    projections: readonly Name[],
  ): Promise<{ readonly views: Readonly<Record<Name, CurrentViewReader>>; close(): Promise<void> }> {
    return openViewsAt(this.views, projections);
  }

  /** Opens the versions of some projections, one beside the other; they are closed together. */
  async openShelves<Name extends string>(
    projections: readonly Name[],
  ): Promise<{ readonly shelves: Readonly<Record<Name, VersionShelf>>; close(): Promise<void> }> {
    const opened: [Name, VersionShelf][] = [];
    const close = async () => {
      await Promise.all(opened.map(([, shelf]) => shelf.close()));
    };
    try {
      for (const name of projections) opened.push([name, await openVersionShelfAt(this.views, name)]);
    } catch (error) {
      await close();
      throw error;
    }
    return { shelves: Object.fromEntries(opened) as Record<Name, VersionShelf>, close };
  }

  /** Opens identity for reading, in the version that views are read by. */
  openIdentity(log: Pick<LogReader, 'readStream'>): Promise<ShownIdentity> {
    return openShownIdentity({ log, views: this.views, dir: this.graph });
  }

  #shared(): () => string {
    const { eventStore } = this.#settings;
    if (eventStore) return eventStore;
    throw new SettingsError([
      ['EVENTSTORE_URL', 'given where services run apart, since an embedded log has one writer'],
    ]);
  }
}

export interface OpenLog {
  readonly log: EventLog;
  /** Where threads of this process read it. */
  readonly place: LogPlace;
  /** What it takes up; undefined where that is a server's business. */
  readonly stats: (() => LogStats) | undefined;
}
