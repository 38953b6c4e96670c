import { later, START, type Position, type ProblemCode } from '@throughline/contracts';
import { pause } from '@throughline/runtime';
import type { Appender, Offer, Outcome } from './appender.ts';
import { decode, type Decoded, type Item } from './decode.ts';
import type { Received } from './enrich.ts';
import type { KeyRing } from './key-ring.ts';
import { prepare } from './prepare.ts';
import { added, quarantineStream } from './quarantine-event.ts';

/** What became of a request, item by item: accepted + duplicates + quarantined are as many as were sent. */
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

/** Takes a request's bytes in: decode, validate, enrich, accept or quarantine. */
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
   * Resolves once every item is durable, in a stream or in quarantine.
   *
   * @throws ThroughlineError `unreadable-body`, `too-large`; and as `Appender.append` does, when the same may be sent again.
   */
  async receive(body: Buffer): Promise<Receipt> {
    const received = receivedAt(this.#now());
    const decoded = decode(body);
    const good: { readonly index: number; readonly offer: Offer }[] = [];
    const bad: Fault[] = [];
    for (const item of decoded.items) {
      const prepared = this.#prepare(item, received);
      if (prepared.ok) good.push({ index: item.index, offer: prepared.offer });
      else bad.push({ index: item.index, code: prepared.code, message: prepared.message });
      await pause();
    }

    const refused = bad.map((fault) => quarantined(fault, decoded, received));
    const outcomes = await this.#appender.append([...good, ...refused].map(({ offer }) => offer));
    const homeless = good
      .filter((_, n) => outcomes[n]!.status === 'homeless')
      .map(({ index }) => quarantined({ index, code: 'unknown-touchpoint', message: HOMELESS }, decoded, received));
    if (homeless.length > 0) await this.#appender.append(homeless.map(({ offer }) => offer));
    return receipt(
      outcomes.slice(0, good.length),
      [...refused, ...homeless].map(({ item }) => item),
    );
  }

  #prepare(item: Item, received: Received): ReturnType<typeof prepare> {
    if (item.code !== undefined) return { ok: false, code: item.code, message: item.message };
    return prepare(item.value, received, this.#ring);
  }
}

/** The clock's reading in both its forms. */
export function receivedAt(at: number): Received {
  return { at, text: new Date(at).toISOString() };
}

export const HOMELESS = 'data.facts.touchpointId names no touchpoint that is here.';

function quarantined(
  fault: Fault,
  decoded: Decoded,
  received: Received,
): { readonly item: Quarantined; readonly offer: Offer } {
  const { index, code, message } = fault;
  const event = added({ bytes: decoded.rawOf(index), code, message, origin: { via: 'http', index } }, received);
  return { item: { ...fault, quarantineId: event.id }, offer: { event, stream: quarantineStream(received) } };
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
