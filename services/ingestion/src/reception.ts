import { later, START, type JsonObject, type Position, type ProblemCode } from '@throughline/contracts';
import { isLoggable, pause, type Tracing } from '@throughline/runtime';
import type { Logger } from 'pino';
import type { Appender, Offer, Outcome } from './appender.ts';
import { decode, type Item } from './decode.ts';
import type { Received } from './enrich.ts';
import { IntakeTraces } from './intake-traces.ts';
import type { KeyRing } from './key-ring.ts';
import type { Parcel } from './parcel.ts';
import { LIMITS } from './limits.ts';
import { prepare } from './prepare.ts';
import { added, quarantineStream } from './quarantine-event.ts';

/** What became of a parcel, item by item: accepted + duplicates + quarantined are as many as were sent. */
export interface Receipt {
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined: readonly Quarantined[];
  /** The latest position among accepted and duplicates, for `?after=`; absent when there is neither. */
  readonly position?: Position;
}

export interface Quarantined {
  /** Counted from 0. */
  readonly index: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly quarantineId: string;
}

type Fault = Omit<Quarantined, 'quarantineId'>;

/** A parcel, judged and enriched, not yet in the log. */
interface PreparedParcel {
  readonly parcel: Parcel;
  readonly good: readonly { readonly index: number; readonly offer: Offer }[];
  readonly refused: readonly Refusal[];
}

interface Refusal {
  readonly item: Quarantined;
  readonly correlationId: string | undefined;
  readonly origin: JsonObject;
  readonly offers: readonly Offer[];
}

/** What `settle` makes durable. */
export interface Prepared {
  readonly received: Received;
  readonly parcels: readonly PreparedParcel[];
  readonly traces: IntakeTraces | undefined;
}

/** Who is told how intake gets on. */
export interface Witness {
  readonly logger: Logger;
  /** Undefined where no traces are wanted. */
  readonly tracing?: Tracing | undefined;
}

/** Of what was taken in together and is in quarantine, so much has a line of the log of its own. */
const MOST_LINES = 20;

/** Takes bytes in: validate, enrich, accept or quarantine. */
export class Reception {
  readonly #appender: Appender;
  readonly #ring: KeyRing;
  readonly #witness: Witness;
  readonly #now: () => number;

  /** @param now The wall clock, epoch milliseconds. */
  constructor(appender: Appender, ring: KeyRing, witness: Witness, now: () => number = Date.now) {
    this.#appender = appender;
    this.#ring = ring;
    this.#witness = witness;
    this.#now = now;
  }

  /**
   * Takes a request's body in; resolves once every item is durable, in a stream or in quarantine.
   *
   * @throws ThroughlineError `unreadable-body`, `too-large`; and as `Appender.append` does, when the same may be sent again.
   */
  async receive(body: Buffer, ties: Pick<Parcel, 'correlationId' | 'span'> = {}): Promise<Receipt> {
    const parcel = { ...ties, decoded: decode(body), origin: { via: 'http' } };
    const [receipt] = await this.settle(await this.prepare([parcel]));
    return receipt!;
  }

  /** Judges and enriches parcels; nothing is in the log yet. */
  async prepare(parcels: readonly Parcel[]): Promise<Prepared> {
    const { tracing } = this.#witness;
    const received = receivedAt(this.#now());
    const traces = tracing && new IntakeTraces(tracing);
    const prepared: PreparedParcel[] = [];
    for (const parcel of parcels) prepared.push(await this.#prepareParcel(parcel, received, traces));
    return { received, parcels: prepared, traces };
  }

  /**
   * Resolves once every item of every parcel is durable, in a stream or in quarantine. The items of one stream are appended
   * in the order of parcels and items. Called again after it threw, it appends nothing twice.
   *
   * @throws ThroughlineError as `Appender.append` does.
   */
  async settle({ received, parcels, traces }: Prepared): Promise<readonly Receipt[]> {
    const outcomes = await this.#appender.append(
      parcels.flatMap(({ good, refused }) => [...good.map(({ offer }) => offer), ...offersOf(refused)]),
    );
    let at = 0;
    const settled = parcels.map(({ parcel, good, refused }) => {
      const own = outcomes.slice(at, at + good.length);
      at += good.length + offersOf(refused).length;
      const homeless = good
        .filter((_, n) => own[n]!.status === 'homeless')
        .map(({ index }) => refusal({ index, code: 'unknown-touchpoint', message: HOMELESS }, parcel, received));
      return { own, refused, homeless };
    });
    const late = settled.flatMap(({ homeless }) => offersOf(homeless));
    if (late.length > 0) await this.#appender.append(late);
    traces?.end();
    this.#tellRefused(settled.flatMap(({ refused, homeless }) => [...refused, ...homeless]));
    return settled.map(({ own, refused, homeless }) =>
      receipt(
        own,
        [...refused, ...homeless].map(({ item }) => item),
      ),
    );
  }

  /** Sends parcels to quarantine as a whole: what the log will never take. */
  refuse({ received, parcels, traces }: Prepared, code: ProblemCode): Prepared {
    return {
      received,
      traces,
      parcels: parcels.map(({ parcel, good, refused }) => {
        const indexes = [...good.map(({ index }) => index), ...refused.map(({ item }) => item.index)];
        const fault = { code, message: 'The log does not take it.' };
        return { parcel, good: [], refused: indexes.map((index) => refusal({ index, ...fault }, parcel, received)) };
      }),
    };
  }

  #tellRefused(refused: readonly Refusal[]): void {
    const { logger } = this.#witness;
    for (const { item, correlationId, origin } of refused.slice(0, MOST_LINES)) {
      const { index, code, quarantineId } = item;
      logger.warn({ correlationId, quarantineId, code, origin, index }, 'a touchpoint is in quarantine');
    }
    if (refused.length > MOST_LINES) {
      logger.warn({ more: refused.length - MOST_LINES }, 'more touchpoints are in quarantine');
    }
  }

  async #prepareParcel(parcel: Parcel, received: Received, traces: IntakeTraces | undefined): Promise<PreparedParcel> {
    const { place, correlationId } = parcel;
    const placed: Received = { ...received, ...(place && { place }), ...(correlationId && { correlationId }) };
    const good: { readonly index: number; readonly offer: Offer }[] = [];
    const refused: Refusal[] = [];
    const { items, size, rawOf } = parcel.decoded;
    const isTooLarge = (index: number) => size > LIMITS.maxItem && rawOf(index).length > LIMITS.maxItem;
    for (const item of items) {
      const prepared = isTooLarge(item.index)
        ? TOO_LARGE
        : this.#prepareItem(item, traced(item, parcel, placed, traces));
      if (prepared.ok) good.push({ index: item.index, offer: prepared.offer });
      else refused.push(refusal({ index: item.index, ...prepared }, parcel, received, valueOf(item)));
      await pause();
    }
    return { parcel, good, refused };
  }

  #prepareItem(item: Item, received: Received): ReturnType<typeof prepare> {
    if (item.code !== undefined) return { ok: false, code: item.code, message: item.message };
    return prepare(item.value, received, this.#ring);
  }
}

/** The clock's reading in both its forms. */
export function receivedAt(at: number): Received {
  return { at, text: new Date(at).toISOString() };
}

export const HOMELESS = 'data.facts.touchpointId names no touchpoint that is here.';

const TOO_LARGE = {
  ok: false,
  code: 'too-large',
  message: `A touchpoint has at most ${LIMITS.maxItem} bytes.`,
} as const;

function offersOf(refused: readonly Refusal[]): readonly Offer[] {
  return refused.flatMap(({ offers }) => offers);
}

/** What was sent as it, where that could be read at all. */
function valueOf(item: Item): unknown {
  return item.code === undefined ? item.value : undefined;
}

function traced(item: Item, parcel: Parcel, received: Received, traces: IntakeTraces | undefined): Received {
  const traceparent = traces?.of(valueOf(item), parcel);
  return traceparent === undefined ? received : { ...received, traceparent };
}

function refusal(
  { index, code, message }: Fault,
  { decoded, origin, place, correlationId: ofParcel }: Parcel,
  received: Received,
  value?: unknown,
): Refusal {
  const own = (value as { correlationid?: unknown } | null | undefined)?.correlationid;
  const correlationId = [own, ofParcel].find(isLoggable);
  const { id, events } = added(
    {
      bytes: decoded.rawOf(index),
      code,
      message,
      origin: { ...origin, index },
      correlationId,
      ...(place ? { place: `${JSON.stringify([place, index])}\n` } : {}),
    },
    received,
  );
  return {
    item: { index, code, message, quarantineId: id },
    correlationId,
    origin,
    offers: events.map((event) => ({ event, stream: quarantineStream(received) })),
  };
}

function receipt(outcomes: readonly Outcome[], refused: readonly Quarantined[]): Receipt {
  let accepted = 0;
  let duplicates = 0;
  let position: Position = START;
  for (const outcome of outcomes) {
    if (outcome.status === 'homeless') continue;
    if (outcome.status === 'accepted') accepted++;
    else duplicates++;
    position = later(position, outcome.position);
  }
  const items = refused.toSorted((a, b) => a.index - b.index);
  return { accepted, duplicates, quarantined: items, ...(position === START ? {} : { position }) };
}
