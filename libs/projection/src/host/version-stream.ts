import { projectionStream, ThroughlineError } from '@throughline/contracts';
import { FoldedStream, type LogReader, type LogWriter } from '@throughline/event-log';
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
  readonly #folded: FoldedStream<VersionsState>;
  readonly #writer: LogWriter;
  readonly #stream: string;
  readonly #hash: HashOfDocuments;

  constructor(
    log: Pick<LogReader, 'readStream'>,
    writer: LogWriter,
    { projection, hash }: { readonly projection: string; readonly hash: HashOfDocuments },
  ) {
    this.#writer = writer;
    this.#stream = projectionStream(projection);
    this.#hash = hash;
    this.#folded = new FoldedStream(log, this.#stream, initialVersions(), (state, event) =>
      evolveVersions(state, event as unknown as Recorded),
    );
  }

  /** Of the last event that the state knows of. */
  get revision(): number {
    return this.#folded.revision;
  }

  get state(): VersionsState {
    return this.#folded.state;
  }

  catchUp(): Promise<VersionsState> {
    return this.#folded.catchUp();
  }

  /** Appends what came of something, unless it is told already or matters no longer. */
  async tell(fact: VersionFact): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const decided = decideVersions(fact, await this.catchUp(), this.#hash);
      if (!decided.ok || decided.events.length === 0) return;
      const occurredAt = Date.now();
      const events = decided.events.map((event) => ({ ...event, occurredAt, metadata: { schema: 1 } }));
      const [result] = await this.#writer.append([{ stream: this.#stream, expectedRevision: this.revision, events }]);
      if (result!.ok || result!.reason === 'KNOWN_ID') return;
    }
    throw new ThroughlineError('wrong-revision');
  }
}
