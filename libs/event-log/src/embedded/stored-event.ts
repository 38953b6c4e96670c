import type { JsonObject, Position } from '@throughline/contracts';
import type { RecordedEvent } from '../port.ts';
import { nameOf } from './naming.ts';
import {
  dataAt,
  idAt,
  idWordsAt,
  metadataAt,
  occurredAtAt,
  personalAt,
  recordedAtAt,
  revisionAt,
  streamAt,
  typeAt,
} from './record.ts';

/** An event over the bytes it was read from: what is not asked for is never decoded. It keeps those bytes, its neighbours' too, alive. */
export class StoredEvent implements RecordedEvent {
  readonly #buffer: Buffer;
  readonly #at: number;
  #stream: string | undefined = undefined;
  #id: string | undefined = undefined;
  #type: string | undefined = undefined;
  #data: JsonObject | undefined = undefined;
  /** `null` until first read. */
  #personal: JsonObject | undefined | null = null;
  #metadata: JsonObject | undefined = undefined;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  get position(): Position {
    return nameOf(this.#buffer, this.#at);
  }

  get stream(): string {
    return (this.#stream ??= streamAt(this.#buffer, this.#at));
  }

  get revision(): number {
    return revisionAt(this.#buffer, this.#at);
  }

  get id(): string {
    return (this.#id ??= idAt(this.#buffer, this.#at));
  }

  /** Puts the id's words where they are wanted, without making its text. */
  readIdWords(words: Uint32Array): void {
    idWordsAt(this.#buffer, this.#at, words);
  }

  get type(): string {
    return (this.#type ??= typeAt(this.#buffer, this.#at));
  }

  get occurredAt(): number {
    return occurredAtAt(this.#buffer, this.#at);
  }

  get recordedAt(): number {
    return recordedAtAt(this.#buffer, this.#at);
  }

  get data(): JsonObject {
    return (this.#data ??= JSON.parse(dataAt(this.#buffer, this.#at)) as JsonObject);
  }

  get personal(): JsonObject | undefined {
    if (this.#personal === null) {
      const text = personalAt(this.#buffer, this.#at);
      this.#personal = text === undefined ? undefined : (JSON.parse(text) as JsonObject);
    }
    return this.#personal;
  }

  get metadata(): JsonObject {
    return (this.#metadata ??= JSON.parse(metadataAt(this.#buffer, this.#at)) as JsonObject);
  }
}
