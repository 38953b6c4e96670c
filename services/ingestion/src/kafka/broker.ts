/** What intake wants of Kafka. An adapter implements it, and no type of a vendor's client gets past it. */

/** As clients deliver them: bytes, text, or several values under one name. */
export type Headers = Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;

export interface Message {
  readonly offset: bigint;
  readonly key: Buffer | null;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  readonly headers: Headers;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Messages of one partition, in its order. */
export interface Delivery extends TopicPartition {
  readonly messages: readonly Message[];
  /** All offsets up to this one have been delivered; those without a message never had one, or have none any more. */
  readonly through: bigint;
  /** The offset that the partition's next message will have. */
  readonly end: bigint;
}

/** Whom a membership tells. Neither may throw. */
export interface Listener {
  /** The partitions that this member has from now on, after each rebalance; none while it is not connected. */
  assigned(partitions: readonly TopicPartition[]): void;
  /** Nothing of what is delivered counts as consumed before it is committed; after a rebalance it may be delivered again. */
  delivered(delivery: Delivery): void;
}

/** Taking part in a consumer group: goes on, over lost connections, rebalances and topics that come, until it is left. */
export interface Membership {
  /** Asks for no more until `resume`; what is on its way may still be delivered. */
  pause(): void;
  resume(): void;
  /** Records that everything below these offsets is consumed. Rejects when that is not known to have worked. */
  commit(offsets: readonly (TopicPartition & { readonly offset: bigint })[]): Promise<void>;
  leave(): Promise<void>;
}

export interface Standing {
  readonly partition: number;
  /** The next message to be consumed. */
  readonly committed: bigint;
  /** The offset that the partition's next message will have. */
  readonly end: bigint;
}

export interface Broker {
  /** Joins a group that reads all topics of which `wants` says so, from their beginnings. */
  join(group: string, wants: (topic: string) => boolean, listener: Listener): Membership;
  /** Resolves once the message is in the topic. */
  send(topic: string, message: Omit<Message, 'offset'>): Promise<void>;
  /** How a group stands in a topic, partition by partition. */
  standing(group: string, topic: string): Promise<readonly Standing[]>;
  close(): Promise<void>;
}
