/**
 * Keeping a host's local copy of the log, over one subscription.
 *
 *   open the copy ─▶ is it of this log? ─▶ follow the server, write down; meanwhile verify all that was there ─▶ …
 *        │ damaged        │ no                                                       │ damaged
 *        └────────────────┴─────────▶ begin a new copy ◀─────────────────────────────┘
 */
import { mkdirSync } from 'node:fs';
import { problemCode, ThroughlineError, type Position } from '@throughline/contracts';
import { Copy, type CopiedEvent } from '../embedded/copy.ts';
import { takeLock, type Lock } from '../embedded/lock.ts';
import type { RecordedEvent } from '../port.ts';
import { BackOff } from './back-off.ts';
import { Connection } from './connection.ts';
import { takeApart } from './event-format.ts';
import { beginCopy, copyFolder, copyInUse, removeOldCopies } from './mirror-folder.ts';
import { serverReader, subscribe, type ServerReader } from './server-reader.ts';
import type { RawEvent } from './wire.ts';

const BATCH = 1024;

export interface MirrorOptions {
  /** A connection string of EventStoreDB. */
  readonly url: string;
  /** The folder; made when it is not there. One process at a time keeps it. */
  readonly dir: string;
  /** Ends the mirror. */
  readonly signal: AbortSignal;
  /** Told after each batch. */
  readonly onProgress?: (progress: MirrorProgress) => void;
  /** Told when the copy is in doubt and begun anew, and why: in a sentence. */
  readonly onDoubt?: (why: string) => void;
  /** Told when something keeps the mirror from going on, which it tries again: a full disk, for one. */
  readonly onTrouble?: (error: unknown) => void;
  /** A segment is sealed when it is this big; 64 MiB unless told. */
  readonly segmentBytes?: number;
}

export interface MirrorProgress {
  /** How far the copy reaches. */
  readonly head: Position;
  /** How many events it holds. */
  readonly events: number;
  /** A hash of all positions and ids up to the head: two mirrors with the same head and chain are the same. */
  readonly chain: string;
  /** What was just written down; absent when nothing was. */
  readonly written?: {
    readonly events: number;
    /** When the server recorded the last of them, epoch milliseconds. */
    readonly recordedAt: number;
    readonly seconds: number;
  };
}

/**
 * Keeps the mirror until the signal aborts. It waits for a server that cannot be reached, for as long as it takes.
 *
 * @throws ThroughlineError `log-locked` when another process keeps the folder; `log-refused` when the server does not let it
 *   read; `invalid-request` when the connection string cannot be understood.
 */
export async function runMirror(options: MirrorOptions): Promise<void> {
  const { url, dir, signal } = options;
  mkdirSync(dir, { recursive: true });
  const lock = await takeLock(dir);
  const connection = new Connection(url);
  const backOff = new BackOff();
  signal.addEventListener('abort', () => void connection.close(), { once: true });
  try {
    while (!signal.aborted) {
      try {
        if (copyInUse(dir) === 0) beginCopy(dir);
        removeOldCopies(dir);
        await keepCopy({ connection, lock }, copyFolder(dir, copyInUse(dir)), options, () => backOff.reset());
      } catch (error) {
        if (signal.aborted) break;
        if (problemCode(error) === 'log-corrupt') {
          options.onDoubt?.((error as ThroughlineError).detail ?? '');
          beginCopy(dir);
        } else if (problemCode(error) && problemCode(error) !== 'log-unavailable') throw error;
        else {
          options.onTrouble?.(error);
          await backOff.wait(signal);
        }
      }
    }
  } finally {
    await connection.close();
    lock.release();
  }
}

async function keepCopy(
  { connection, lock }: { readonly connection: Connection; readonly lock: Lock },
  dir: string,
  { signal, segmentBytes, onProgress }: MirrorOptions,
  works: () => void,
): Promise<void> {
  const copy = await Copy.open({ dir, segmentBytes });
  const tell = (written?: MirrorProgress['written']) =>
    onProgress?.({ head: copy.head, events: copy.events, chain: copy.chain, ...(written && { written }) });
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const server = serverReader(connection);
  const follow = async () => {
    const from = { after: copy.head, batch: BATCH, check: () => checkSame(server, copy) };
    for await (const { events } of subscribe(connection, from, ended)) {
      const startedAt = performance.now();
      lock.check();
      await copy.write(events.map(copied));
      works();
      const last = events.at(-1);
      const seconds = (performance.now() - startedAt) / 1000;
      tell(last && { events: events.length, recordedAt: last.recordedAt, seconds });
    }
  };
  tell();
  const work = [follow(), copy.verify(ended)];
  try {
    await Promise.all(work);
  } finally {
    stop.abort();
    await Promise.allSettled(work);
    await copy.close();
  }
}

/** Whether the copy's first and last event stand where they should on the server: then so does all between, by the chain. */
async function checkSame(server: ServerReader, copy: Copy): Promise<void> {
  for (const ours of [copy.firstEvent(), copy.lastEvent()]) {
    if (ours === undefined) continue;
    const theirs = await server.at([ours.position]).then(
      ([event]) => event,
      (error: unknown) => {
        if (problemCode(error) === 'invalid-request') return undefined;
        throw error;
      },
    );
    if (theirs === undefined || !isSame(ours, theirs))
      throw new ThroughlineError('log-corrupt', `Of another log: the server has no such event at ${ours.position}.`);
  }
}

function isSame(a: RecordedEvent, b: RecordedEvent): boolean {
  return a.id === b.id && a.stream === b.stream && a.revision === b.revision;
}

function copied(raw: RawEvent): CopiedEvent {
  const { id, stream, type, revision, recordedAt, position } = raw;
  return { id, stream, type, revision, recordedAt, position, ...takeApart(raw) };
}
