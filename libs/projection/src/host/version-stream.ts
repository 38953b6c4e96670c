import { projectionStream, ThroughlineError } from '@throughline/contracts';
import { NO_STREAM, type LogReader, type LogWriter } from '@throughline/event-log';
import {
  decideVersions,
  evolveVersions,
  initialVersions,
  type HashOfDocuments,
  type Recorded,
  type VersionFact,
  type VersionsState,
} from '@throughline/versions';

/** Attempts at an append while others write to the same stream. */
const ATTEMPTS = 10;

/** A projection's control stream, as whoever runs its versions reads it and adds to it. */
export class VersionStream {
  readonly #log: Pick<LogReader, 'readStream'>;
  readonly #writer: LogWriter;
  readonly #stream: string;
  readonly #hash: HashOfDocuments;
  #state = initialVersions();
  #revision = NO_STREAM;

  constructor(
    log: Pick<LogReader, 'readStream'>,
    writer: LogWriter,
    { projection, hash }: { readonly projection: string; readonly hash: HashOfDocuments },
  ) {
    this.#log = log;
    this.#writer = writer;
    this.#stream = projectionStream(projection);
    this.#hash = hash;
  }

  /** Of the last event that the state knows of. */
  get revision(): number {
    return this.#revision;
  }

  get state(): VersionsState {
    return this.#state;
  }

  async catchUp(): Promise<VersionsState> {
    for await (const event of this.#log.readStream(this.#stream, { from: this.#revision + 1 })) {
      this.#state = evolveVersions(this.#state, event as unknown as Recorded);
      this.#revision = event.revision;
    }
    return this.#state;
  }

  /** Appends what came of something, unless it is told already or matters no longer. */
  async tell(fact: VersionFact): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await this.catchUp();
      const decided = decideVersions(fact, this.#state, this.#hash);
      if (!decided.ok || decided.events.length === 0) return;
      const occurredAt = Date.now();
      const events = decided.events.map((event) => ({ ...event, occurredAt, metadata: { schema: 1 } }));
      const [result] = await this.#writer.append([{ stream: this.#stream, expectedRevision: this.#revision, events }]);
      if (result!.ok || result!.reason === 'KNOWN_ID') return;
    }
    throw new ThroughlineError('wrong-revision');
  }
}
