import type { JsonObject, Position } from '@throughline/contracts';
import type { RecordedEvent } from '../port.ts';
import { takeApart, type EventParts } from './event-format.ts';
import type { RawEvent } from './wire.ts';

/** An event over the message it came in: what is not asked for is never parsed. */
export class ServerEvent implements RecordedEvent {
  readonly position: Position;
  readonly #raw: RawEvent;
  #apart: EventParts | undefined = undefined;
  #data: JsonObject | undefined = undefined;
  /** `null` until first read. */
  #personal: JsonObject | undefined | null = null;
  #metadata: JsonObject | undefined = undefined;

  constructor(raw: RawEvent) {
    this.#raw = raw;
    this.position = positionOf(raw);
  }

  get stream(): string {
    return this.#raw.stream.toString();
  }

  get revision(): number {
    return this.#raw.revision;
  }

  get id(): string {
    return this.#raw.id;
  }

  get type(): string {
    return this.#raw.type.toString();
  }

  get occurredAt(): number {
    return this.#parts.occurredAt;
  }

  get recordedAt(): number {
    return this.#raw.recordedAt;
  }

  get data(): JsonObject {
    return (this.#data ??= parsed(this.#parts.data));
  }

  get personal(): JsonObject | undefined {
    const { personal } = this.#parts;
    return (this.#personal = this.#personal === null ? personal && parsed(personal) : this.#personal);
  }

  get metadata(): JsonObject {
    return (this.#metadata ??= parsed(this.#parts.metadata));
  }

  get #parts(): EventParts {
    return (this.#apart ??= takeApart(this.#raw));
  }
}

export function positionOf({ position }: RawEvent): Position {
  return position.toString('hex') as Position;
}

function parsed(text: Buffer): JsonObject {
  return JSON.parse(text.toString()) as JsonObject;
}
