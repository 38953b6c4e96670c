import type { Broker, TopicPartition } from './broker.ts';
import type { Inbox } from './inbox.ts';

const EVERY_MS = 5_000;

/**
 * How far behind each partition of this replica is: offsets that are not yet durable. What comes while nothing is fetched, and what
 * stood there before the first message, only the broker knows: it is asked now and then.
 */
export class Standings {
  readonly #inbox: Inbox;
  readonly #timer: NodeJS.Timeout;
  /** Of partitions of which nothing has come. */
  #lags = new Map<string, bigint>();

  constructor(inbox: Inbox, broker: Pick<Broker, 'standing'>, group: string) {
    this.#inbox = inbox;
    let isBusy = false;
    this.#timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      // A broker that does not answer leaves the last answer standing.
      void this.#ask(broker, group)
        .catch(() => undefined)
        .finally(() => (isBusy = false));
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  *lags(): Iterable<TopicPartition & { readonly lag: bigint }> {
    for (const place of this.#inbox.partitions) {
      const lag = this.#inbox.hand(place)?.lag ?? this.#lags.get(`${place.topic}/${place.partition}`);
      if (lag !== undefined) yield { ...place, lag };
    }
  }

  async #ask(broker: Pick<Broker, 'standing'>, group: string): Promise<void> {
    const lags = new Map<string, bigint>();
    for (const topic of new Set(this.#inbox.partitions.map((place) => place.topic))) {
      for (const { partition, committed, end } of await broker.standing(group, topic)) {
        lags.set(`${topic}/${partition}`, end - committed);
        const hand = this.#inbox.hand({ topic, partition });
        if (hand && end > hand.end) hand.end = end;
      }
    }
    this.#lags = lags;
  }
}
