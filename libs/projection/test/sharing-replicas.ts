import { setTimeout as rest } from 'node:timers/promises';
import { ownershipStream, ThroughlineError, type JsonObject } from '@throughline/contracts';
import type { EventLog, LogReader, LogWriter, RecordedEvent } from '@throughline/event-log';
import type { Beat, Part, Presence } from '@throughline/read-model';
import { shareParts } from '../src/ownership/share-parts.ts';

const VIEW = { projection: 'tally', version: 'v' };

/** Milliseconds. */
const PATIENCE = 20_000;

type Beats = (beat: () => Promise<Beat>) => Promise<Beat>;

interface Start {
  readonly beats?: Beats;
  readonly writer?: LogWriter;
  /** How many events of a stream its reader does not see yet. */
  readonly lag?: () => number;
}

/** A log and a presence, and the replicas that share parts by them. */
export class Sharing {
  readonly log: EventLog;
  readonly presence: Presence;
  /** Whoever was let in with a token that another had been let in with. */
  readonly intruders: string[] = [];
  readonly #fences = new Map<number, number>();
  readonly #replicas: Replica[] = [];

  constructor(log: EventLog, presence: Presence) {
    this.log = log;
    this.presence = presence;
  }

  start(name: string, parts: number, options: Start = {}): Replica {
    const replica = new Replica(this, name, parts, options);
    this.#replicas.push(replica);
    return replica;
  }

  /** As a store does it: a later token wins. */
  enter(part: number, token: number, name: string): void {
    const last = this.#fences.get(part) ?? 0;
    if (token < last) throw new ThroughlineError('view-taken-over');
    if (token === last) this.intruders.push(`${name} in ${part}`);
    this.#fences.set(part, token);
  }

  async history(part: number): Promise<readonly (readonly [string, JsonObject])[]> {
    const events = await eventsOf(this.log, streamOf(part));
    return events.map(({ type, data }) => [type, data]);
  }

  async end(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.stop()));
  }
}

export class Replica {
  /** As it was told. */
  parts: readonly number[] = [];
  /** Of each part's last run. */
  readonly tokens = new Map<number, number>();
  /** What presence had said when a part's last run began. */
  readonly beatsAtStart = new Map<number, Beat>();
  /** How many runs have been told to end, and how many of them have. */
  readonly stops = { told: 0, ended: 0 };
  readonly ended: Promise<void>;
  beats: Beats | undefined;
  lastBeat: Beat | undefined;
  #beaten = 0;
  /** Its beats wait for this, and so does all else it decides. */
  #awake: Promise<void> = Promise.resolve();
  #lingering: Promise<void> | undefined;
  #isLost = false;
  readonly #fails = new Map<number, (error: Error) => void>();
  readonly #stopping = new AbortController();

  constructor(sharing: Sharing, name: string, parts: number, { beats, writer = sharing.log, lag }: Start) {
    this.beats = beats;
    this.ended = shareParts({
      ...VIEW,
      log: lag ? behind(sharing.log, lag) : sharing.log,
      writer,
      presence: this.#present(sharing.presence),
      replica: name,
      parts,
      signal: this.#stopping.signal,
      run: async (part, token, signal) => {
        sharing.enter(part.index, token, name);
        await this.#run(part, token, signal);
      },
      onShare: (owned) => (this.parts = owned),
    });
    this.ended.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended.catch(() => undefined);
  }

  /** It does nothing more, and tells nobody; its runs do not know. */
  vanish(): void {
    this.#isLost = true;
    this.pause();
  }

  /** It does nothing until it is resumed. */
  pause(): () => void {
    const { promise, open } = gate();
    this.#awake = promise;
    return open;
  }

  /** Its runs do not end when they are told to, until they are let. */
  linger(): () => void {
    const { promise, open } = gate();
    this.#lingering = promise;
    return open;
  }

  fail(part: number, error: Error): void {
    this.#fails.get(part)!(error);
  }

  async hasBeaten(times: number): Promise<void> {
    const wanted = this.#beaten + times;
    await until(() => this.#beaten >= wanted);
  }

  #present(presence: Presence): Presence {
    return {
      lifetime: presence.lifetime,
      beat: async (name) => {
        await this.#awake;
        const beat = () => presence.beat(name);
        try {
          return (this.lastBeat = await (this.beats ? this.beats(beat) : beat()));
        } finally {
          this.#beaten++;
        }
      },
      leave: async (name) => {
        if (!this.#isLost) await presence.leave(name);
      },
    };
  }

  async #run({ index }: Part, token: number, signal: AbortSignal): Promise<void> {
    this.tokens.set(index, token);
    this.beatsAtStart.set(index, this.lastBeat!);
    await new Promise<void>((resolve, reject) => {
      this.#fails.set(index, reject);
      signal.addEventListener('abort', () => resolve());
    });
    this.stops.told++;
    await this.#lingering;
    this.stops.ended++;
  }
}

/** @throws When it takes so long that it will never be so. */
export async function until(isSo: () => boolean): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE);
  while (!isSo()) await rest(5, undefined, { signal: patience });
}

function gate(): { readonly promise: Promise<void>; open(): void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

function streamOf(part: number): string {
  return ownershipStream(VIEW.projection, VIEW.version, part);
}

async function eventsOf(log: Pick<LogReader, 'readStream'>, stream: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of log.readStream(stream)) events.push(event);
  return events;
}

/** Reads the end of a stream as it was some events ago. */
function behind(log: EventLog, lag: () => number): Pick<LogReader, 'readStream'> {
  return {
    async *readStream(stream) {
      const last = (await eventsOf(log, stream)).at(-1 - lag());
      if (last) yield last;
    },
  };
}
