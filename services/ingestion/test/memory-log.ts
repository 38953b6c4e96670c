import { START, type Position } from '@throughline/contracts';
import { NO_STREAM, type Append, type AppendResult, type Batch, type EventHome, type EventLog, type ReadAll, type RecordedEvent } from '@throughline/event-log';

/** The port in memory. */
export class MemoryLog implements EventLog {
  readonly events: RecordedEvent[] = [];
  readonly #homes = new Map<string, EventHome>();
  readonly #last = new Map<string, number>();

  async append(appends: readonly Append[]): Promise<readonly AppendResult[]> {
    await Promise.resolve();
    return appends.map(({ stream, expectedRevision, events }): AppendResult => {
      const actual = this.#last.get(stream) ?? NO_STREAM;
      if (actual !== expectedRevision) return { ok: false, reason: 'WRONG_REVISION', actual };
      const ids = events.map(({ id }) => id).filter((id) => this.#homes.has(id));
      if (ids.length > 0) return { ok: false, reason: 'KNOWN_ID', ids };
      let revision = actual;
      let position = START;
      for (const event of events) {
        revision++;
        position = this.events.length.toString(16).padStart(16, '0') as Position;
        const text = JSON.parse(JSON.stringify(event)) as typeof event;
        this.events.push({ ...text, personal: text.personal, position, stream, revision, recordedAt: Date.now() });
        this.#homes.set(event.id, { stream, revision, position });
      }
      this.#last.set(stream, revision);
      return { ok: true, revision, position, repeated: false };
    });
  }

  async *read({ after, upTo, prefixes, batch = 1_000 }: ReadAll): AsyncIterable<Batch> {
    const chosen = this.events.filter(
      ({ position, stream }) => position > after && (upTo === undefined || position <= upTo) && (!prefixes || prefixes.some((p) => stream.startsWith(p))),
    );
    for (let at = 0; at < chosen.length; at += batch) {
      const events = chosen.slice(at, at + batch);
      yield { events, through: events.at(-1)!.position };
    }
  }

  follow(): never {
    throw new Error('not here');
  }

  async *readStream(stream: string): AsyncIterable<RecordedEvent> {
    yield* this.events.filter((event) => event.stream === stream);
  }

  revisions = async (streams: readonly string[]) => streams.map((stream) => this.#last.get(stream) ?? NO_STREAM);
  find = async (ids: readonly string[]) => ids.map((id) => this.#homes.get(id));
  at = async (positions: readonly Position[]) => positions.map((position) => this.events[Number.parseInt(position, 16)]!);
  head = async () => this.events.at(-1)?.position ?? START;
  close = async () => {};
}
