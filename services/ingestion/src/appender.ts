/**
 * Appends each event once, whoever sent it how often, at exact revisions.
 *
 *   offer ──▶ waiting ──(one flush at a time takes all that wait)──▶ find known ids ──▶ append ──▶ settled
 *                                                                        ▲               │ lost a race
 *                                                                        └───────────────┘ (bounded)
 *
 * One flush at a time, so that requests of one process never race each other and share one sync of the disk.
 */
import { problemCode, subjectOf, ThroughlineError, type Position } from '@throughline/contracts';
import type { Append, LogReader, LogWriter, NewEvent } from '@throughline/event-log';

/** An event with the stream it belongs to, or with the ids of which one is the event whose stream it must stand in. */
export type Offer =
  | { readonly event: NewEvent; readonly stream: string }
  | {
      readonly event: NewEvent;
      readonly beside: readonly string[];
      /** The event as it is to be appended, once it is known which of `beside` is there. */
      readonly settle: (id: string) => NewEvent;
    };

type Placed = Extract<Offer, { readonly stream: string }>;

export type Outcome =
  | { readonly status: 'accepted' | 'duplicate'; readonly position: Position }
  /** None of `beside` is in the log. */
  | { readonly status: 'homeless' };

interface Waiting {
  readonly offers: readonly Offer[];
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Races with other writers of the log are rare, and each is lost to somebody who got on. */
const MOST_ATTEMPTS = 20;
/** Offers a flush takes, unless one request alone has more. */
const MOST_TOGETHER = 10_000;

export class Appender {
  readonly #log: LogReader & LogWriter;
  #waiting: Waiting[] = [];
  #flushing = false;

  constructor(log: LogReader & LogWriter) {
    this.#log = log;
  }

  /**
   * Resolves once everything offered is durable, or was before; the outcomes stand in the order of the offers.
   *
   * @throws ThroughlineError as `LogWriter.append` does, and `too-busy` when every race was lost; the same may be offered again.
   */
  async append(offers: readonly Offer[]): Promise<readonly Outcome[]> {
    if (offers.length === 0) return [];
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ offers, resolve, reject });
      if (!this.#flushing) void this.#flushAll();
    });
  }

  async #flushAll(): Promise<void> {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const together = this.#takeTogether();
      try {
        const outcomes = await new Round(
          this.#log,
          together.flatMap(({ offers }) => offers),
        ).run();
        let at = 0;
        for (const { offers, resolve } of together) resolve(outcomes.slice(at, (at += offers.length)));
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#flushing = false;
  }

  #takeTogether(): Waiting[] {
    let count = 0;
    const end = this.#waiting.findIndex(({ offers }) => (count += offers.length) > MOST_TOGETHER);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end));
  }
}

/** An append, and the offers it is of. */
interface Part {
  readonly offers: readonly number[];
  readonly append: Append;
}

function oneByOne({ offers, append: { stream, expectedRevision, events } }: Part): Part[] {
  return events.map((event, i) => ({
    offers: [offers[i]!],
    append: { stream, expectedRevision: expectedRevision + i, events: [event] },
  }));
}

/** One flush: every offer of it ends with an outcome. */
class Round {
  readonly #log: LogReader & LogWriter;
  readonly #offers: readonly Offer[];
  readonly #outcomes: (Outcome | undefined)[];
  /** By event id: the first offer of it, which the later ones follow. */
  readonly #firsts = new Map<string, number>();
  /** The stream each open offer belongs to. */
  readonly #streams = new Map<number, Placed>();

  constructor(log: LogReader & LogWriter, offers: readonly Offer[]) {
    this.#log = log;
    this.#offers = offers;
    this.#outcomes = offers.map(() => undefined);
  }

  async run(): Promise<readonly Outcome[]> {
    await this.#place();
    for (let attempt = 0; this.#streams.size > 0; attempt++) {
      if (attempt === MOST_ATTEMPTS) throw new ThroughlineError('too-busy', 'Other writers were faster every time.');
      if (attempt > 0) await this.#dropKnown();
      await this.#appendOpen();
    }
    return this.#offers.map((offer, n) => this.#outcomes[n] ?? this.#follow(this.#firsts.get(offer.event.id)!));
  }

  /** Settles what the log has already, and finds the stream of everything else. */
  async #place(): Promise<void> {
    const targets = this.#offers.flatMap((offer) => ('beside' in offer ? offer.beside : []));
    const homes = await this.#log.find([...this.#offers.map(({ event }) => event.id), ...targets]);
    const targetHomes = new Map(targets.map((id, n) => [id, homes[this.#offers.length + n]]));
    this.#offers.forEach((offer, n) => {
      const { event } = offer;
      if (this.#firsts.has(event.id)) return;
      this.#firsts.set(event.id, n);
      const home = homes[n];
      if (home) {
        this.#outcomes[n] = { status: 'duplicate', position: home.position };
        return;
      }
      if ('stream' in offer) {
        this.#streams.set(n, offer);
        return;
      }
      const target = offer.beside.find(
        (id) => id !== event.id && this.#touchpointStreamOf(id, targetHomes.get(id)?.stream) !== undefined,
      );
      if (target === undefined) this.#outcomes[n] = { status: 'homeless' };
      else
        this.#streams.set(n, {
          stream: this.#touchpointStreamOf(target, targetHomes.get(target)?.stream)!,
          event: offer.settle(target),
        });
    });
  }

  /** Where a touchpoint stands, or will once this round is through. */
  #touchpointStreamOf(id: string, known: string | undefined): string | undefined {
    const first = this.#firsts.get(id);
    const stream = known ?? (first === undefined ? undefined : this.#streams.get(first)?.stream);
    return stream !== undefined && subjectOf(stream) !== undefined ? stream : undefined;
  }

  async #dropKnown(): Promise<void> {
    const open = [...this.#streams];
    const homes = await this.#log.find(open.map(([, { event }]) => event.id));
    open.forEach(([n], at) => {
      const home = homes[at];
      if (home) this.#settle(n, { status: 'duplicate', position: home.position });
    });
  }

  async #appendOpen(): Promise<void> {
    const groups = new Map<string, { readonly offers: number[]; readonly events: NewEvent[] }>();
    for (const [n, { stream, event }] of this.#streams) {
      let group = groups.get(stream);
      if (!group) groups.set(stream, (group = { offers: [], events: [] }));
      group.offers.push(n);
      group.events.push(event);
    }
    const revisions = await this.#log.revisions([...groups.keys()]);
    const together = Array.from(groups, ([stream, { offers, events }], at) => ({
      offers,
      append: { stream, expectedRevision: revisions[at]!, events },
    }));
    try {
      await this.#send(together);
    } catch (error) {
      if (problemCode(error) !== 'too-large') throw error;
      // A server bounds what one append holds. Nothing of it was sent; event by event it fits.
      await this.#send(together.flatMap(oneByOne));
    }
  }

  async #send(parts: readonly Part[]): Promise<void> {
    const results = await this.#log.append(parts.map(({ append }) => append));
    for (const [at, { offers }] of parts.entries()) {
      const result = results[at]!;
      if (!result.ok) continue;
      // Nothing is offered twice in a round: what stood there already was another writer's.
      const status = result.repeated ? 'duplicate' : 'accepted';
      for (const n of offers) this.#settle(n, { status, position: result.position });
    }
  }

  #settle(n: number, outcome: Outcome): void {
    this.#outcomes[n] = outcome;
    this.#streams.delete(n);
  }

  /** What became of a later offer of the same event. */
  #follow(first: number): Outcome {
    const outcome = this.#outcomes[first]!;
    return outcome.status === 'accepted' ? { ...outcome, status: 'duplicate' } : outcome;
  }
}
