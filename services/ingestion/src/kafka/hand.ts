import type { Delivery, Message, TopicPartition } from './broker.ts';

/** A message with the offset that may be committed once it, and everything before it, is durable. */
export interface Held {
  readonly message: Message;
  readonly after: bigint;
}

/**
 * What is in hand of one partition.
 *
 *   … durable │ in hand: delivered, not yet durable │ to come …
 *             ▲ durable                             ▲ next
 *
 * Invariant: `durable` is passed only by what `settled` was told of, in the order of the offsets; so what is committed is durable.
 */
export class Hand implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  #durable: bigint;
  #next: bigint;
  #committed: bigint | undefined;
  /** What the partition's next message will have, as far as it is known. */
  end: bigint;

  /** @param first The offset of the first message that will be held. */
  constructor({ topic, partition }: TopicPartition, first: bigint, end: bigint) {
    this.topic = topic;
    this.partition = partition;
    this.#durable = first;
    this.#next = first;
    this.end = end;
  }

  /**
   * The messages of a delivery that are not in hand already: after a rebalance some come again. Undefined when it goes back to before
   * what is in hand, as after an offset was reset: then a new hand begins there.
   */
  take({ messages, through, end }: Delivery): readonly Held[] | undefined {
    const first = messages[0];
    if (!first) return [];
    if (first.offset < this.#durable) return undefined;
    this.end = end;
    const fresh = messages.filter(({ offset }) => offset >= this.#next);
    if (through >= this.#next) this.#next = through + 1n;
    return fresh.map((message, n) => ({ message, after: n === fresh.length - 1 ? through + 1n : message.offset + 1n }));
  }

  /** Everything below this offset is durable. */
  settled(after: bigint): void {
    if (after > this.#durable) this.#durable = after;
  }

  /** The offset to be committed; undefined when that has been done. */
  get toCommit(): bigint | undefined {
    return this.#durable === this.#committed ? undefined : this.#durable;
  }

  committed(offset: bigint): void {
    this.#committed = offset;
  }

  /** How many offsets are not yet durable. */
  get lag(): bigint {
    return this.end > this.#durable ? this.end - this.#durable : 0n;
  }
}
