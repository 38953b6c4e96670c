import { later, START, type JsonObject, type Position, type ProblemCode } from '@throughline/contracts';
import { pause } from '@throughline/runtime';
import type { Appender, Offer, Outcome } from './appender.ts';
import { decode, type Decoded, type Item } from './decode.ts';
import type { Received } from './enrich.ts';
import type { KeyRing } from './key-ring.ts';
import { prepare } from './prepare.ts';
import { added, quarantineStream } from './quarantine-event.ts';

/** What arrived as one: a request, a message. */
export interface Parcel {
  readonly decoded: Decoded;
  /** How it came, for quarantine: nothing personal in it. */
  readonly origin: JsonObject;
  /** Where it stands for ever, if it does: its touchpoints are told by it, and what is bad in it is an item of its own. */
  readonly place?: JsonObject;
}

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
  readonly offer: Offer;
}

/** What `settle` makes durable. */
export interface Prepared {
  readonly received: Received;
  readonly parcels: readonly PreparedParcel[];
}

/** Takes bytes in: validate, enrich, accept or quarantine. */
export class Reception {
  readonly #appender: Appender;
  readonly #ring: KeyRing;
  readonly #now: () => number;

  /** @param now The wall clock, epoch milliseconds. */
  constructor(appender: Appender, ring: KeyRing, now: () => number = Date.now) {
    this.#appender = appender;
    this.#ring = ring;
    this.#now = now;
  }

  /**
   * Takes a request's body in; resolves once every item is durable, in a stream or in quarantine.
   *
   * @throws ThroughlineError `unreadable-body`, `too-large`; and as `Appender.append` does, when the same may be sent again.
   */
  async receive(body: Buffer): Promise<Receipt> {
    const [receipt] = await this.settle(await this.prepare([{ decoded: decode(body), origin: { via: 'http' } }]));
    return receipt!;
  }

  /** Judges and enriches parcels; nothing is in the log yet. */
  async prepare(parcels: readonly Parcel[]): Promise<Prepared> {
    const received = receivedAt(this.#now());
    const prepared: PreparedParcel[] = [];
    for (const parcel of parcels) prepared.push(await this.#prepareParcel(parcel, received));
    return { received, parcels: prepared };
  }

  /**
   * Resolves once every item of every parcel is durable, in a stream or in quarantine. The items of one stream are appended
   * in the order of parcels and items. Called again after it threw, it appends nothing twice.
   *
   * @throws ThroughlineError as `Appender.append` does.
   */
  async settle({ received, parcels }: Prepared): Promise<readonly Receipt[]> {
    const outcomes = await this.#appender.append(
      parcels.flatMap(({ good, refused }) => [...good, ...refused].map(({ offer }) => offer)),
    );
    let at = 0;
    const settled = parcels.map(({ parcel, good, refused }) => {
      const own = outcomes.slice(at, at + good.length);
      at += good.length + refused.length;
      const homeless = good
        .filter((_, n) => own[n]!.status === 'homeless')
        .map(({ index }) => refusal({ index, code: 'unknown-touchpoint', message: HOMELESS }, parcel, received));
      return { own, refused, homeless };
    });
    const late = settled.flatMap(({ homeless }) => homeless.map(({ offer }) => offer));
    if (late.length > 0) await this.#appender.append(late);
    return settled.map(({ own, refused, homeless }) =>
      receipt(
        own,
        [...refused, ...homeless].map(({ item }) => item),
      ),
    );
  }

  /** Sends parcels to quarantine as a whole: of what the log will not take, the reason and the beginning of its bytes. */
  refuse({ received, parcels }: Prepared, code: ProblemCode, mostBytes: number): Prepared {
    const message = `The log does not take it. Of its bytes the first ${mostBytes} are kept here at most.`;
    const short = ({ decoded, ...rest }: Parcel): Parcel => ({
      ...rest,
      decoded: { items: [], rawOf: (index) => decoded.rawOf(index).subarray(0, mostBytes) },
    });
    return {
      received,
      parcels: parcels.map(({ parcel, good, refused }) => {
        const indexes = [...good.map(({ index }) => index), ...refused.map(({ item }) => item.index)];
        return {
          parcel,
          good: [],
          refused: indexes.map((index) => refusal({ index, code, message }, short(parcel), received)),
        };
      }),
    };
  }

  async #prepareParcel(parcel: Parcel, received: Received): Promise<PreparedParcel> {
    const placed = parcel.place ? { ...received, place: parcel.place } : received;
    const good: { readonly index: number; readonly offer: Offer }[] = [];
    const refused: Refusal[] = [];
    for (const item of parcel.decoded.items) {
      const prepared = this.#prepareItem(item, placed);
      if (prepared.ok) good.push({ index: item.index, offer: prepared.offer });
      else refused.push(refusal({ index: item.index, ...prepared }, parcel, received));
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

function refusal({ index, code, message }: Fault, { decoded, origin, place }: Parcel, received: Received): Refusal {
  const event = added(
    {
      bytes: decoded.rawOf(index),
      code,
      message,
      origin: { ...origin, index },
      ...(place ? { place: `${JSON.stringify([place, index])}\n` } : {}),
    },
    received,
  );
  return {
    item: { index, code, message, quarantineId: event.id },
    offer: { event, stream: quarantineStream(received) },
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
