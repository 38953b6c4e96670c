import type { Delivery, TopicPartition } from './broker.ts';
import { Hand, type Held } from './hand.ts';

/** A message in the queue. */
export interface Entry extends Held {
  readonly hand: Hand;
  /** What it counts for in memory. */
  readonly bytes: number;
}

/** What a message weighs beside its value. */
const OVERHEAD = 300;

/** All that is in hand, of all partitions that this member has, in the order in which it came. */
export class Inbox {
  /** By partition that this member has; undefined while nothing of it has come. */
  #hands = new Map<string, Hand | undefined>();
  #partitions: readonly TopicPartition[] = [];
  #queue: Entry[] = [];
  #bytes = 0;
  #isClosed = false;
  #wake: () => void = () => undefined;

  /** Bytes put in and not yet let go of. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What this member has. */
  get partitions(): readonly TopicPartition[] {
    return this.#partitions;
  }

  /** Undefined for a partition that this member has not, or has had nothing of. */
  hand(partition: TopicPartition): Hand | undefined {
    return this.#hands.get(keyOf(partition));
  }

  /** What has been lost is forgotten; what is kept goes on where it is, though some of it may be delivered again. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#hands = new Map(partitions.map((partition) => [keyOf(partition), this.hand(partition)]));
    this.#partitions = partitions;
    this.#forgetLost();
  }

  put(delivery: Delivery): void {
    const key = keyOf(delivery);
    const [first] = delivery.messages;
    if (this.#isClosed || !this.#hands.has(key) || !first) return;
    let hand = this.#hands.get(key);
    let held = hand?.take(delivery);
    if (!hand || !held) {
      hand = new Hand(delivery, first.offset, delivery.end);
      this.#hands.set(key, hand);
      this.#forgetLost();
      held = hand.take(delivery)!;
    }
    for (const one of held) {
      const bytes = OVERHEAD + (one.message.value?.length ?? 0);
      this.#bytes += bytes;
      this.#queue.push({ ...one, hand, bytes });
    }
    this.#wake();
  }

  /** The oldest that nobody has taken, as soon as there is any; nothing once it is closed. */
  async take(most: { readonly messages: number; readonly bytes: number }): Promise<readonly Entry[]> {
    while (this.#queue.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    let count = 0;
    for (let bytes = 0; count < Math.min(this.#queue.length, most.messages) && bytes < most.bytes; count++) {
      bytes += this.#queue[count]!.bytes;
    }
    return this.#queue.splice(0, count);
  }

  /** What was taken needs no more memory. */
  letGo(entries: readonly Entry[]): void {
    for (const { bytes } of entries) this.#bytes -= bytes;
  }

  /** Nothing more is put in or taken. */
  close(): void {
    this.#isClosed = true;
    this.letGo(this.#queue.splice(0));
    this.#wake();
  }

  #forgetLost(): void {
    const isLost = ({ hand }: Entry) => this.hand(hand) !== hand;
    this.letGo(this.#queue.filter(isLost));
    this.#queue = this.#queue.filter((entry) => !isLost(entry));
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
