/** A round of commands as it is decided: what is durable, and on top of it what the round itself will add. */
import type { Position } from '@throughline/contracts';
import { NO_STREAM, type LogReader } from '@throughline/event-log';
import type { BoundedMap } from './bounded-map.ts';
import { envelopeOf, type ProposedEvent } from './stored-event.ts';
import { baseOf, factsFrom, loadFacts, type StreamFacts } from './stream-facts.ts';
import { isMetadataStream, readMetadata } from './stream-metadata.ts';

/** What the writer remembers between rounds; only what is durable. */
export interface Memory {
  readonly facts: BoundedMap<StreamFacts>;
  /** The revision of each of the newest events, by `idIn`. */
  readonly ids: BoundedMap<number>;
}

/** Of a command, what the draft has to know about. */
interface Concern {
  readonly stream: string;
  /** How many of the stream's first ids it may have to be compared with. */
  readonly firstIds: number;
}

const idIn = (stream: string, id: string) => `${id}@${stream}`;

export class Draft {
  /** The log's last durable event. */
  readonly head: Position;
  readonly #memory: Memory;
  readonly #facts = new Map<string, StreamFacts>();
  readonly #ids = new Map<string, number>();
  /** Of streams that may have to begin again. */
  readonly #firstIds = new Map<string, readonly string[]>();

  private constructor(head: Position, memory: Memory) {
    this.head = head;
    this.#memory = memory;
  }

  static async of(log: LogReader, memory: Memory, concerns: readonly Concern[]): Promise<Draft> {
    const draft = new Draft(await log.head(), memory);
    const unknown: string[] = [];
    for (const base of new Set(concerns.map(({ stream }) => baseOf(stream)))) {
      const known = memory.facts.get(base);
      if (known) draft.#facts.set(base, known);
      else unknown.push(base);
    }
    const loaded = await loadFacts(log, unknown);
    unknown.forEach((base, i) => draft.#facts.set(base, loaded[i]!));
    for (const { stream, firstIds } of concerns) {
      if (firstIds <= (draft.#firstIds.get(stream)?.length ?? 0) || draft.facts(stream).last === NO_STREAM) continue;
      const first: string[] = [];
      for await (const event of log.readStream(stream, { limit: firstIds })) first.push(envelopeOf(event).id);
      draft.#firstIds.set(stream, first);
    }
    return draft;
  }

  facts(stream: string): StreamFacts {
    return factsFrom(this.#facts.get(baseOf(stream))!, stream);
  }

  /** The revision of an event, if it is one of the newest. */
  revisionOf(stream: string, id: string): number | undefined {
    const key = idIn(stream, id);
    return this.#ids.get(key) ?? this.#memory.ids.get(key);
  }

  /** Whether an event stands at one of the first revisions of a stream that may have to begin again. */
  startsWith(stream: string, id: string, revision: number): boolean {
    return this.#firstIds.get(stream)?.[revision] === id || this.revisionOf(stream, id) === revision;
  }

  /** The round adds events to a stream. */
  add(stream: string, events: readonly ProposedEvent[]): void {
    const base = baseOf(stream);
    const facts = this.#facts.get(base)!;
    const first = this.facts(stream).last + 1;
    const last = events[events.length - 1]!;
    const revision = first + events.length - 1;
    for (const [i, { id }] of events.entries()) this.#ids.set(idIn(stream, id), first + i);
    if (isMetadataStream(stream)) this.#facts.set(base, { ...facts, metadata: readMetadata(revision, last.data) });
    else this.#facts.set(base, { ...facts, last: revision, isTombstoned: last.isTombstone === true });
  }

  /** All that the round added is durable. */
  keep(): void {
    for (const [stream, facts] of this.#facts) this.#memory.facts.set(stream, facts);
    for (const [key, revision] of this.#ids) this.#memory.ids.set(key, revision);
  }

  /** What of it is durable is unknown. */
  forget(): void {
    for (const stream of this.#facts.keys()) this.#memory.facts.delete(stream);
  }
}
