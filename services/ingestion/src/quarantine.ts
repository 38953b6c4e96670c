import { isUtf8 } from 'node:buffer';
import { QUARANTINE_PREFIX, START, ThroughlineError, type JsonObject, type Position } from '@throughline/contracts';
import type { LogReader, RecordedEvent } from '@throughline/event-log';
import { isLoggable } from '@throughline/runtime';
import type { Logger } from 'pino';
import type { Appender } from './appender.ts';
import { decode } from './decode.ts';
import type { Received } from './enrich.ts';
import type { KeyRing } from './key-ring.ts';
import { prepare } from './prepare.ts';
import {
  ADDED,
  pieceIdOf,
  quarantineStream,
  redriven,
  redrivenIdOf,
  type AddedData,
  type RedrivenData,
} from './quarantine-event.ts';
import { HOMELESS, receivedAt } from './reception.ts';

export type QuarantineState = 'open' | 'redriven';

/** One item, without what was sent: that is personal. */
export interface QuarantineEntry {
  readonly quarantineId: string;
  readonly state: QuarantineState;
  readonly code: string;
  readonly message: string;
  readonly origin: JsonObject;
  /** RFC 3339. */
  readonly receivedAt: string;
  /** The touchpoint it became. */
  readonly touchpointId?: string;
}

export interface QuarantineItem extends QuarantineEntry {
  /** Bytes that were sent. */
  readonly size: number;
  /** What was sent, where it was asked for: as text, or in base64 where it is not UTF-8. Absent when it was shredded. */
  readonly raw?: { readonly encoding: 'utf8' | 'base64'; readonly body: string };
}

export interface QuarantinePage {
  readonly items: readonly QuarantineEntry[];
  /** Asks for the next page; absent on the last. */
  readonly next?: string;
}

export interface Redriven {
  readonly quarantineId: string;
  readonly touchpointId: string;
  /** Of the touchpoint, for `?after=`. */
  readonly position: Position;
}

const CURSOR = /^[\w:.-]{1,64}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What could not be accepted: to be seen, put right, and sent on its way under its original identity and time. */
export class Quarantine {
  readonly #log: LogReader;
  readonly #appender: Appender;
  readonly #ring: KeyRing;
  readonly #logger: Logger;
  readonly #now: () => number;

  constructor(log: LogReader, appender: Appender, ring: KeyRing, logger: Logger, now: () => number = Date.now) {
    this.#log = log;
    this.#appender = appender;
    this.#ring = ring;
    this.#logger = logger;
    this.#now = now;
  }

  /**
   * Oldest first.
   *
   * @throws ThroughlineError `invalid-query` for a cursor that is none.
   */
  async list({
    limit,
    cursor,
    state,
  }: {
    limit: number;
    cursor?: string;
    state?: QuarantineState;
  }): Promise<QuarantinePage> {
    if (cursor !== undefined && !CURSOR.test(cursor))
      throw new ThroughlineError('invalid-query', 'cursor is not one that was given out.');
    const items: QuarantineEntry[] = [];
    let last: Position | undefined;
    const after = (cursor ?? START) as Position;
    for await (const { events } of this.#log.read({ after, prefixes: [QUARANTINE_PREFIX], batch: 200 })) {
      const kept = events.filter(({ type }) => type === ADDED);
      const ends = await this.#redrivenEvents(kept.map(({ id }) => id));
      for (const [n, event] of kept.entries()) {
        const entry = entryOf(event, ends[n]);
        if (state !== undefined && entry.state !== state) continue;
        if (items.length === limit) return { items, next: last! };
        items.push(entry);
        last = event.position;
      }
    }
    return { items };
  }

  /** @throws ThroughlineError `not-found`. */
  async show(quarantineId: string, { raw }: { raw: boolean }): Promise<QuarantineItem> {
    const event = await this.#find(quarantineId);
    const [end] = await this.#redrivenEvents([quarantineId]);
    const bytes = await this.#bytesOf(event);
    const item = { ...entryOf(event, end), size: bytes?.length ?? 0 };
    if (!raw || !bytes) return item;
    const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
    return { ...item, raw: { encoding, body: bytes.toString(encoding) } };
  }

  /**
   * Takes an item in at last, as of when it was first received. Doing it again changes nothing, and answers the same.
   *
   * @param corrected What to take instead of the bytes that were sent; it may not be another touchpoint.
   * @throws ThroughlineError `not-found`, `invalid-touchpoint`, `unreadable-body`, `unknown-touchpoint`, `invalid-request`; the
   *   item then stays as it is.
   */
  async redrive(quarantineId: string, corrected?: Buffer): Promise<Redriven> {
    const event = await this.#find(quarantineId);
    const [end] = await this.#redrivenEvents([quarantineId]);
    if (end) return await this.#answer(quarantineId, (end.data as RedrivenData).touchpointId);

    const sent = await this.#bytesOf(event);
    const bytes = corrected ?? sent;
    if (!bytes) throw new ThroughlineError('invalid-request', 'What was sent is shredded: a corrected body is needed.');
    const value = onlyItem(bytes);
    if (corrected && sent) sameIdentity(identityOf(sent), identityOf(corrected));

    const ties = tiesOf(event);
    const prepared = prepare(value, { ...receivedAt(event.occurredAt), ...placeOf(event), ...ties }, this.#ring);
    if (!prepared.ok) throw new ThroughlineError(prepared.code, prepared.message);
    const [outcome] = await this.#appender.append([prepared.offer]);
    if (outcome!.status === 'homeless') throw new ThroughlineError('unknown-touchpoint', HOMELESS);

    const touchpoint = prepared.offer.event.id;
    const now = { ...receivedAt(this.#now()), ...ties };
    const done = redriven({ quarantineId, touchpointId: touchpoint, corrected: corrected !== undefined }, now);
    await this.#appender.append([{ event: done, stream: quarantineStream(now) }]);
    this.#logger.info({ ...ties, quarantineId, touchpointId: touchpoint }, 'a touchpoint left quarantine');
    return await this.#answer(quarantineId, touchpoint);
  }

  async #answer(quarantineId: string, touchpoint: string): Promise<Redriven> {
    const [home] = await this.#log.find([touchpoint]);
    return { quarantineId, touchpointId: touchpoint, position: home!.position };
  }

  async #find(quarantineId: string): Promise<RecordedEvent> {
    const [home] = UUID.test(quarantineId) ? await this.#log.find([quarantineId]) : [];
    const [event] = home?.stream.startsWith(QUARANTINE_PREFIX) ? await this.#log.at([home.position]) : [];
    if (event?.type !== ADDED) throw new ThroughlineError('not-found', 'No item of the quarantine has this id.');
    return event;
  }

  /** All that was sent, out of its pieces; undefined when some of it was shredded. */
  async #bytesOf(event: RecordedEvent): Promise<Buffer | undefined> {
    const { pieces = 0 } = event.data as AddedData;
    const ids = Array.from({ length: pieces }, (_, n) => pieceIdOf(event.id, n + 1));
    const homes = await this.#log.find(ids);
    const events = await this.#log.at(homes.map((home) => home!.position));
    const parts = [event, ...events].map(bytesIn);
    return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
  }

  /** For each item, the event that says it was redriven; undefined for an open one. */
  async #redrivenEvents(quarantineIds: readonly string[]): Promise<readonly (RecordedEvent | undefined)[]> {
    const homes = await this.#log.find(quarantineIds.map(redrivenIdOf));
    const events = await this.#log.at(homes.flatMap((home) => (home ? [home.position] : [])));
    let at = 0;
    return homes.map((home) => (home ? events[at++] : undefined));
  }
}

function entryOf(event: RecordedEvent, end: RecordedEvent | undefined): QuarantineEntry {
  const { code, message, origin } = event.data as AddedData;
  const entry = { quarantineId: event.id, code, message, origin, receivedAt: event.metadata['receivedAt'] as string };
  return end
    ? { ...entry, state: 'redriven', touchpointId: (end.data as RedrivenData).touchpointId }
    : { ...entry, state: 'open' };
}

function bytesIn(event: RecordedEvent): Buffer | undefined {
  const bytes = event.personal?.['bytes'];
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : undefined;
}

function onlyItem(bytes: Buffer): unknown {
  const [first, second] = decode(bytes).items;
  if (!first || second) throw new ThroughlineError('invalid-request', 'One touchpoint is expected.');
  if (first.code !== undefined) throw new ThroughlineError(first.code, first.message);
  return first.value;
}

/** What it was sent with holds for it still. */
function tiesOf({ metadata }: RecordedEvent): Pick<Received, 'correlationId'> {
  const correlationId = metadata['$correlationId'];
  return isLoggable(correlationId) ? { correlationId } : {};
}

/** What came over Kafka keeps its place in the topic. */
function placeOf(event: RecordedEvent): Pick<Received, 'place'> {
  const { via, topic, partition, offset } = (event.data as AddedData).origin;
  return via === 'kafka' ? { place: { topic, partition, offset } } : {};
}

interface Identity {
  readonly source?: string;
  readonly id?: string;
}

/** What can be told of who sent it under which id, even of what is no touchpoint. */
function identityOf(bytes: Buffer): Identity {
  try {
    const value = onlyItem(bytes) as Record<string, unknown> | null;
    const text = (name: string) => (typeof value?.[name] === 'string' ? { [name]: value[name] } : {});
    return { ...text('source'), ...text('id') };
  } catch {
    return {};
  }
}

/** A correction may fill in an identity that was missing; another identity is another touchpoint, to be sent as one. */
function sameIdentity(sent: Identity, corrected: Identity): void {
  for (const name of ['source', 'id'] as const) {
    if (sent[name] !== undefined && sent[name] !== '' && sent[name] !== corrected[name]) {
      throw new ThroughlineError(
        'invalid-request',
        `The corrected ${name} differs from the one sent: that would be another touchpoint.`,
      );
    }
  }
}
