import { START, ThroughlineError, type Position } from '@throughline/contracts';
import type { EventLog } from '../port.ts';
import { AppendCall } from './append-call.ts';
import { Appending } from './appending.ts';
import { AppendLanes } from './append-lanes.ts';
import { Connection } from './connection.ts';
import { inParallel } from './in-parallel.ts';
import { KnownEvents } from './known.ts';
import { located } from './located.ts';
import { openMirrorReader } from './mirror-reader.ts';
import { prepare } from './prepared.ts';
import { serverReader } from './server-reader.ts';

/** What a server takes unless it is told otherwise (`MaxAppendSize`). */
const MAX_APPEND_BYTES = 1024 * 1024;
/** Appends wait while so many events of this process are not in the mirror. */
const MAX_AHEAD = 200_000;
/** So many events are looked for on the server at once. */
const TOGETHER = 32;

export interface EventStoreOptions {
  /** A connection string of EventStoreDB: `esdb://user:password@host:2113?tls=true`, `esdb+discover://…` for a cluster. */
  readonly url: string;
  /** The folder of the mirror that a `runMirror` keeps on this host. */
  readonly mirrorDir: string;
  /** The server's `MaxAppendSize`: 1 MiB unless told. */
  readonly maxAppendBytes?: number;
}

/** The log in an EventStoreDB, as one process of a host that has a mirror sees it. */
export interface EventStoreLog extends EventLog {
  /**
   * Resolves once the mirror holds all that the server holds now: from then on an id that anybody appended before this call
   * is known. Done before the first append; to be done again when work is taken over from another process.
   *
   * @throws ThroughlineError `log-unavailable`, `mirror-behind`.
   */
  caughtUp(): Promise<void>;
}

/**
 * Opens the log in an EventStoreDB. It connects when first asked.
 *
 * Appends, `readStream` and `revisions` as far as others write go to the server; all else is read from the mirror, which is
 * waited for when this process has appended what is not in it yet: whoever appends then reads what it wrote.
 *
 * @throws ThroughlineError `invalid-request` when the connection string cannot be understood; it is not shown.
 */
export function openEventStore({
  url,
  mirrorDir,
  maxAppendBytes = MAX_APPEND_BYTES,
}: EventStoreOptions): EventStoreLog {
  const connection = new Connection(url);
  const server = serverReader(connection);
  const mirror = openMirrorReader({ dir: mirrorDir });
  const known = new KnownEvents();
  const lanes = new AppendLanes(new AppendCall(connection));
  const appending = new Appending({ mirror, server, lanes, known });
  let closed = false;
  let begun: Promise<void> | undefined;

  async function caughtUp(): Promise<void> {
    await mirror.reached(await server.head());
    begun ??= Promise.resolve();
  }

  /** All that was there when this process began is known. */
  function ready(): Promise<void> {
    begun ??= caughtUp().catch((error: unknown) => {
      begun = undefined;
      throw error;
    });
    return begun;
  }

  /** Forgets what the mirror has by now, and waits while it has too little. */
  async function room(): Promise<void> {
    const mirrored = await mirror.head();
    known.forgetThrough(mirrored);
    if (known.size > MAX_AHEAD) await mirror.reached(known.newest);
  }

  return {
    async append(appends) {
      const prepared = appends.map((append) => prepare(append, maxAppendBytes));
      if (closed) throw new ThroughlineError('shutting-down');
      await ready();
      await room();
      return await appending.append(prepared);
    },

    async *read(from) {
      await mirror.reached(known.newest);
      yield* mirror.read(from);
    },

    follow: (from, signal) => mirror.follow(from, signal),

    readStream: (stream, options) => server.readStream(stream, options),

    async revisions(streams) {
      await ready();
      return await known.hold(async () => {
        const mirrored = await mirror.revisions(streams);
        return streams.map((stream, i) => known.knownRevision(stream, mirrored[i]!));
      });
    },

    async find(ids) {
      await ready();
      const homes = await known.hold(async () => {
        const mirrored = await mirror.find(ids);
        return ids.map((id, i) => mirrored[i] ?? known.homeOf(id));
      });
      return await inParallel(homes, TOGETHER, async (home) => home && (await located(server, home)));
    },

    async at(positions) {
      await mirror.reached(positions.reduce((last, position) => (position > last ? position : last), START));
      return mirror.at(positions);
    },

    async head(): Promise<Position> {
      await mirror.reached(known.newest);
      return mirror.head();
    },

    caughtUp,

    async close() {
      closed = true;
      lanes.close();
      await mirror.close();
      await connection.close();
    },
  };
}
